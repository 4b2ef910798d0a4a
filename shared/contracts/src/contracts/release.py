"""What was ever released: two JSON schemas and one golden message for each version of each contract.

    python -m contracts.release     writes what is missing, and refuses to change what is there

It belongs into the commit that adds the version: from then on the version never changes. `lanes.json` alone
may grow: a lane more is a queue more, a lane less would be messages that nobody reads.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

import contracts
from contracts import Contract, Envelope, Producer

FOLDER = Path(__file__).parents[2] / "released"

_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_TIME = datetime(2025, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
_TEXTS = {"uuid": str(_ID), "date-time": str(_TIME), "date": "2025-02-28", "email": "ada@example.com"}
_OTHERS: dict[Any, Any] = {"integer": 1299, "number": 12.5, "boolean": True, "null": None}


def shipped() -> list[Contract]:
    """Every contract of this package, by name and version."""
    for module in iter_modules(contracts.__path__, "contracts."):
        import_module(module.name)
    ours = (c for c in contracts.contracts() if c.model.__module__.startswith("contracts."))
    return sorted(ours, key=lambda c: (c.name, c.version))


def documents(contract: Contract) -> dict[str, Any]:
    """The files of one version, by name: what its writers write, what its readers read, and a message."""
    writer = _bare(contract.model.model_json_schema(mode="serialization"))
    return {
        "writer.json": writer,
        "reader.json": _open(_bare(contract.model.model_json_schema(mode="validation"))),
        "golden.json": _golden(contract).model_dump(mode="json"),
    }


def lanes_given_up(contract: Contract) -> list[str]:
    """Lanes that were released and that the contract no longer has."""
    path = folder(contract) / "lanes.json"
    released = json.loads(path.read_text()) if path.exists() else []
    return [lane for lane in released if lane not in contract.lanes]


def folder(contract: Contract) -> Path:
    """Where they are."""
    return FOLDER / contract.name / f"v{contract.version}"


def main() -> None:
    """Write what is missing. Exits with what was changed, if anything was, and writes nothing then."""
    _refuse_lanes_given_up()
    files = {folder(c) / name: _text(d) for c in shipped() for name, d in documents(c).items()}
    changed = [path for path, text in files.items() if path.exists() and path.read_text() != text]
    if changed:
        names = "\n".join(f"  {path.relative_to(FOLDER)}" for path in changed)
        sys.exit(f"a released version never changes, add the next one; not as released:\n{names}")
    for path, text in files.items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(path.relative_to(FOLDER))  # noqa: T201 its output
    for released in shipped():
        _write_lanes(released)


def _refuse_lanes_given_up() -> None:
    gone = [f"  {c} {lane}" for c in shipped() for lane in lanes_given_up(c)]
    if gone:
        names = "\n".join(gone)
        sys.exit(
            "messages may lie in a released lane; when its queues are empty, take it out of lanes.json by "
            f"hand; given up:\n{names}"
        )


def _write_lanes(contract: Contract) -> None:
    path = folder(contract) / "lanes.json"
    text = _text(contract.lanes)
    if contract.lanes and not (path.exists() and path.read_text() == text):
        path.write_text(text)
        print(path.relative_to(FOLDER))  # noqa: T201 its output


def _golden(contract: Contract) -> Envelope:
    """A message with a fixed value in every field."""
    schema = contract.model.model_json_schema(mode="serialization")
    message = contract.model.read(_example(schema, schema.get("$defs", {}), contract.name))
    envelope = Envelope.around(message, Producer(service=contract.owner, build="golden"), id=_ID)
    return envelope.model_copy(update={"sent_at": _TIME})


def _example(schema: dict[str, Any], values: dict[str, Any], field: str) -> Any:
    """A value that fits. A field with rules of its own says one: `Field(examples=[...])`."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return _example(values[schema["$ref"].rpartition("/")[2]], values, field)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], values, field)
    kind = schema["type"]
    if kind == "object":
        return {name: _example(part, values, name) for name, part in schema["properties"].items()}
    if kind == "array":
        return [_example(schema["items"], values, field)]
    return _TEXTS.get(schema.get("format", ""), field) if kind == "string" else _OTHERS[kind]


def _bare(schema: Any) -> Any:
    """Without titles, descriptions and examples: words may be mended, only rules are for ever."""
    words = {"title": str, "description": str, "examples": list}
    return _without(schema, lambda key, value: isinstance(value, words.get(key, ())))


def _open(schema: Any) -> Any:
    """As readers take it: with fields that they do not know."""
    return _without(schema, lambda key, value: key == "additionalProperties" and value is False)


def _without(schema: Any, unwanted: Callable[[str, Any], bool]) -> Any:
    if isinstance(schema, list):
        return [_without(part, unwanted) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: _without(v, unwanted) for k, v in schema.items() if not unwanted(k, v)}


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
