"""Pages of the documentation that change contracts, followed to the letter."""

from pathlib import Path

import pytest
from followed import follow, sections

PAGE = Path(__file__).parents[2] / "docs/how-to/change-a-message.md"


@pytest.mark.parametrize("section", sections(PAGE))
def test_a_page_shows_what_happens(section: str, checkout: Path) -> None:
    for command, shown, printed in follow(sections(PAGE)[section], checkout):
        assert printed == shown, command
