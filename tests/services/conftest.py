"""What every service's tests begin with. Each folder says which database is its own, in `url`."""

from collections.abc import Callable, Iterator

import pytest
from tables import emptied

from mesh import Database
from mesh.database import Tx


@pytest.fixture
def tx(url: str) -> Iterator[Tx]:
    """Sees what the service commits, from empty tables on."""
    with emptied(url) as tx:
        yield tx


@pytest.fixture
def database(url: str, opened: Callable[[str], Database]) -> Database:
    return opened(url)
