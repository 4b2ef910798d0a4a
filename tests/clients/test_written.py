"""What is written from the API's description is up to date; what is not understood is not written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orders.api import openapi

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "clients/python/src/meshwork_client"


def write(folder: Path, document: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "clients/python/generate"), str(folder)]
    return subprocess.run(command, input=json.dumps(document), capture_output=True, text=True)


def test_it_is_up_to_date(tmp_path: Path) -> None:
    """If not: `make client`."""
    assert write(tmp_path, openapi()).returncode == 0
    ruff = [sys.executable, "-m", "ruff", "format", "--quiet", "--config", str(CHECKOUT / "pyproject.toml")]
    subprocess.run([*ruff, str(tmp_path)], check=True)
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert len(written) == 4
    assert {name: (PACKAGE / name).read_text() for name in written} == written


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ({"type": "string", "contentEncoding": "base64"}, "contentEncoding"),
        ({"type": "object", "properties": {}}, "where a type is needed"),
        ({}, "where a type is needed"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(tmp_path: Path, field: Any, why: str) -> None:
    document = openapi()
    document["components"]["schemas"]["Order"]["properties"]["colour"] = field
    ended = write(tmp_path, document)
    assert ended.returncode == 1
    assert "NotUnderstood: " in ended.stderr
    assert why in ended.stderr


def test_a_kind_of_answer_that_nobody_thought_of_is_refused_too(tmp_path: Path) -> None:
    document = openapi()
    content = document["paths"]["/v1/orders/{id}"]["get"]["responses"]["200"]["content"]
    content["application/pdf"] = content.pop("application/json")
    assert "get_order answers with application/pdf" in write(tmp_path, document).stderr
