"""Pages of the documentation that change contracts, followed to the letter."""

import shutil
from pathlib import Path

import pytest
from followed import follow, sections

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/change-a-message.md"


@pytest.mark.parametrize("section", sections(PAGE))
def test_a_page_shows_what_happens(section: str, tmp_path: Path) -> None:
    for part in ("src", "released"):
        source = ROOT / "shared/contracts" / part
        shutil.copytree(source, tmp_path / "shared/contracts" / part)
    for command, shown, printed in follow(sections(PAGE)[section], tmp_path):
        assert printed == shown, command
