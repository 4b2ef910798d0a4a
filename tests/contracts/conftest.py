"""Names for contracts that live as long as the test process, and a checkout to change."""

import shutil
from itertools import count
from pathlib import Path

import pytest

_CONTRACTS = "shared/contracts"
_numbers = count(1)


@pytest.fixture
def name() -> str:
    """A contract's name that nobody has used."""
    return f"tested.thing_{next(_numbers)}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """With nothing but the contracts."""
    for part in ("src", "released"):
        source = Path(__file__).parents[2] / _CONTRACTS / part
        shutil.copytree(source, tmp_path / _CONTRACTS / part)
    return tmp_path
