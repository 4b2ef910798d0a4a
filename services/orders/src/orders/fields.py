"""What a field of a document can be."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from orders import domain

# Control characters: PostgreSQL stores no NUL, a mail's header takes no line break.
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"  # as all dialects of patterns write it
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
"""One line."""
Prose = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$"
    ),
]
"""Lines."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
Value = Annotated[str, StringConstraints(max_length=500, pattern=_LINE)]
Metadata = Annotated[dict[Name, Value], Field(max_length=domain.MOST_METADATA)]
Amount = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
"""In minor units of the order's currency."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Locale = Annotated[str, StringConstraints(max_length=35, pattern=r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]


def listed(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a query may say several times is a list, also when it says it once."""
    return given | ({name: [given[name]]} if isinstance(given.get(name), str) else {})


def paired(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a query says as `name[key]=value` is a field of that name."""
    keys = {
        said: said[len(name) + 1 : -1] for said in given if said.startswith(f"{name}[") and said[-1] == "]"
    }
    rest = {said: value for said, value in given.items() if said not in keys}
    return rest | ({name: {key: given[said] for said, key in keys.items()}} if keys else {})
