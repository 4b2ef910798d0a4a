"""The AsyncAPI document is one, and it and its page say what the contracts say."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from contracts.golden import golden
from contracts.release import shipped
from mesh import wire
from mesh.operating.asyncapi import document, page
from mesh.outbox import Outgoing

DOCS = Path(__file__).parents[2] / "docs"
OFFICIAL = Path(__file__).parent / "asyncapi/3.0.0.schema.json.gz"


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    return Draft7Validator(json.loads(gzip.decompress(OFFICIAL.read_bytes())))


def test_it_is_as_the_official_schema_demands(official: Draft7Validator) -> None:
    official.validate(document(shipped()))


@pytest.mark.parametrize("part", ["info", "channels", "operations"])
def test_the_official_schema_sees_what_is_wrong(official: Draft7Validator, part: str) -> None:
    said = document(shipped())
    wrong: Any = said[part] if part == "info" else next(iter(said[part].values()))
    wrong["nonsense"] = True
    assert not official.is_valid(said)


def test_a_message_is_what_is_said_of_it() -> None:
    said = document(shipped())["components"]["messages"]
    for known in shipped():
        envelope = golden(known)
        message = Outgoing(str(envelope.id), known.name, None, None, envelope.model_dump_json(), 0)
        payload = Draft202012Validator(said[f"{known.name}.v{known.version}"]["payload"]["schema"])
        body = json.loads(wire.body(message))
        payload.validate(body)
        body[0][0]["data"]["nonsense"] = True
        assert not payload.is_valid(body)


def test_what_is_written_down_is_what_is_said() -> None:
    assert json.loads((DOCS / "messages.json").read_text()) == document(shipped()), "run `make messages`"
    assert (DOCS / "messages.md").read_text().rstrip() == page(shipped()).rstrip(), "run `make messages`"
