"""What a field of a document can be."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    EmailStr,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from mesh import recurrence
from orders import domain, targets

# Control characters: PostgreSQL stores no NUL, a mail's header takes no line break.
_NO_LINE = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_NO_PROSE = r"\x00-\x09\x0b-\x1f\x7f-\x9f"
_BLANK = r"\x09-\x0d\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # what `strip` takes
_LINE = f"^[^{_NO_LINE}]*$"  # as all dialects of patterns write it


def _with_words(never: str) -> str:
    """The pattern of what says something, in none of these; around it is space of any kind."""
    word = f"[^{never}{_BLANK}]"
    return f"^[{_BLANK}]*{word}([^{never}]*{word})?[{_BLANK}]*$"


# The space is taken away once all of it was found to fit: what is described is what is sent.
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=_with_words(_NO_LINE)),
    AfterValidator(str.strip),
]
"""One line."""
Prose = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, pattern=_with_words(_NO_PROSE)),
    AfterValidator(str.strip),
]
"""Lines."""
Url = Annotated[
    str,
    Field(json_schema_extra={"format": "uri", "maxLength": targets.LONGEST, "pattern": targets.WRITTEN}),
]
"""Told to clients; whether webhooks go there is for `targets` to say. http: where operators let them."""
Email = Annotated[EmailStr, WithJsonSchema({"type": "string", "format": "idn-email"})]
"""Also of RFC 6531: with letters of any script."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
Value = Annotated[str, StringConstraints(max_length=500, pattern=_LINE)]
Metadata = Annotated[
    dict[Name, Value],
    Field(max_length=domain.MOST_METADATA, json_schema_extra={"additionalProperties": False}),
]


def _whole(given: Any) -> Any:
    """JSON has numbers of one kind: 2.0 is 2. A larger one may have lost what it was when it was read."""
    return int(given) if isinstance(given, float) and given.is_integer() and abs(given) < 2**53 else given


_WHOLE = BeforeValidator(_whole)
Quantity = Annotated[int, Field(strict=True, ge=1, le=domain.MOST_QUANTITY), _WHOLE]
Price = Annotated[int, Field(strict=True, ge=0, le=domain.MOST_PRICE), _WHOLE]
"""For one, in minor units of the order's currency."""
Amount = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1), _WHOLE]
"""In minor units of the order's currency."""
Seconds = Annotated[int, Field(strict=True, ge=recurrence.SHORTEST, le=recurrence.LONGEST), _WHOLE]
"""Between two times of a schedule."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Locale = Annotated[str, StringConstraints(max_length=35, pattern=r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _written(given: str) -> str:
    """Raises ValueError for what pydantic takes for a time, too: a number, or one without seconds."""
    if not (isinstance(given, str) and _RFC_3339.fullmatch(given)):
        raise ValueError("a time is written as in RFC 3339, such as 2026-11-22T01:05:41Z")
    return given


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
"""As a client says it."""


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
