"""Documents: a class for each schema."""

import keyword
import re

from schemas import NotUnderstood, Schema, Types, docstring, imports, references

_BASE = '''
from pydantic import BaseModel, ConfigDict, Field

Known = TypeVar("Known", bound=StrEnum)
Open = Annotated[Known | str, Field(union_mode="left_to_right")]
"""An enumeration that may grow: what nobody knows here is read as it stands."""


class Document(BaseModel):
    """Fields that nobody knows here are kept: a newer API tells more, and refuses what is misspelt."""

    model_config = ConfigDict(extra="allow", frozen=True)

'''


def module(document: Schema) -> str:
    types = Types(document)
    classes = "\n\n".join(_class(types, name) for name in sorted(_used(types, document)))
    code = f"{_BASE}{classes}"
    return f"from __future__ import annotations\n\n{imports(code)}{code}"


def _used(types: Types, document: Schema) -> set[str]:
    """Not the documents that are sent: their fields are arguments."""
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    sent = {name for each in operations for name in references(each.get("requestBody", {}))}
    parts = {name for each in sent for name in references(types.schemas[each])}
    answers = {name for each in operations for name in references([each["responses"], each["parameters"]])}
    return types.reachable(parts | answers)


def _class(types: Types, name: str) -> str:
    schema = types.schemas[name]
    if "enum" in schema:
        members = [
            f'    {re.sub(r"[^A-Z0-9]", "_", value.upper())} = "{value}"\n' for value in schema["enum"]
        ]
        return f"class {name}(StrEnum):\n{docstring(schema['description'], 4)}\n{''.join(members)}"
    if schema.get("type") != "object":
        raise NotUnderstood(f"the schema {name}, which is neither an object nor an enumeration")
    required = schema.get("required", [])
    fields = [_field(types, field, of, field in required) for field, of in types.fields(name).items()]
    return f"class {name}(Document):\n{docstring(schema['description'], 4)}\n{''.join(fields)}"


def _field(types: Types, name: str, schema: Schema, required: bool) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise NotUnderstood(f"the field {name}, which is no name in Python")
    annotation = types.of(schema)
    if not required:
        default = schema.get("default")
        annotation += f" = {default!r}" if default is not None else " | None = None"
    about = docstring(schema["description"], 4) if "description" in schema else ""
    return f"    {name}: {annotation.replace('None | None', 'None')}\n{about}"
