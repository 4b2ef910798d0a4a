"""What rolls stand on, and where their builds are made."""

from collections.abc import Iterator

import pytest

from rolling.builds import Workshop
from rolling.ground import VALKEY, Ground


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    with Ground([VALKEY]) as ground:
        yield ground


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("builds"))
