"""What a build has that the one before it had not.

A change of a contract is taken from the page that tells people how to make it: so the page is what is proven.
What handlers do with it lies in `changes/`; what takes a protection of the mesh away, in `without/`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from followed import diffs, sections

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/how-to"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Change:
    """The services' version after it, and where its diffs are."""

    version: str
    section: str = ""
    """Of the page; empty: the page does not have it."""
    steps: int = 0
    """How many of that section's diffs, from the first on."""
    file: str = ""
    """In `changes/`: what else it takes."""
    page: str = "change-a-message.md"
    after: "Change | None" = None
    """What comes before it."""

    def diffs(self) -> list[str]:
        """In the order in which to apply them."""
        before = self.after.diffs() if self.after else []
        of_page = diffs(sections(PAGES / self.page)[self.section])[: self.steps] if self.section else []
        return before + of_page + (_by_file(HERE / "changes" / self.file) if self.file else [])


def without(protection: str) -> list[str]:
    """The diffs that take it away."""
    return _by_file(HERE / "without" / f"{protection}.diff")


def _by_file(path: Path) -> list[str]:
    """One diff for each file that is changed, as a page has them."""
    return re.split(r"^(?=--- )", path.read_text(), flags=re.MULTILINE)[1:]


BEFORE = Change("0.1.0")
FIELD = Change("0.2.0", "Add a field", 1, "field.diff")
BOTH_NAMES = Change("0.2.0", "Rename a field", 1)
"""Readers take the old name and the new one; writers keep to the old one."""
RENAMED = Change("0.3.0", "Rename a field", 2, "renamed.diff")
MAJOR = Change("0.2.0", "Break a message", 2, "major.diff")
RETIRED = Change("0.3.0", "Take it out", 1, page="retire-a-version.md", after=MAJOR)
MESSAGE = Change("0.2.0", file="message.diff")
