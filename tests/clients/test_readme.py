"""What the README shows runs, and is typed."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from api import Api

README = Path(__file__).parents[2] / "clients/python/README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["sync", "async"])
def test_it_runs(example: str, api: Api, tx: Any) -> None:
    at = {"MESHWORK_URL": f"http://127.0.0.1:{api.port}", "MESHWORK_KEY": api.key}
    ended = subprocess.run(
        [sys.executable, "-c", example], env=os.environ | at, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    if "print(each.total" in example:
        shown = "An order that is paid cannot deliver. Possible: ship, refund\n2598 EUR\n"
        assert ended.stdout == shown


def test_whoever_uses_it_gets_types(tmp_path: Path) -> None:
    """`mypy --strict` agrees with what is right, and finds what is wrong."""
    program = tmp_path / "program.py"
    wrong = "\nMeshwork('', '').place_order(currency=7, customer={}, lines=[], colour='red')\n"
    program.write_text("".join(EXAMPLES) + wrong)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(program)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout.splitlines()
    assert [line.partition("error: ")[2].partition('"')[0] for line in found[:-1] if "error: " in line] == [
        "Unexpected keyword argument ",
        "Argument ",
        "Argument ",
    ], found
