"""Names for contracts that live as long as the test process."""

from itertools import count

import pytest

_numbers = count(1)


@pytest.fixture
def name() -> str:
    """A contract's name that nobody has used."""
    return f"tested.thing_{next(_numbers)}"
