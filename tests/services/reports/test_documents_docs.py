"""docs/reports has what the code makes."""

import io
from zipfile import ZipFile

from reportpictures import PLACE, files, page


def inside(name: str, content: bytes) -> object:
    """A workbook's parts: how small they are packed is zlib's affair."""
    if not name.endswith(".xlsx"):
        return content
    with ZipFile(io.BytesIO(content)) as book:
        return {part: book.read(part) for part in book.namelist()}


def test_the_samples_are_up_to_date() -> None:
    for name, content in files():
        kept = (PLACE / name).read_bytes()
        assert inside(name, kept) == inside(name, content), f"`make report-pictures`: {name}"


def test_the_page_shows_all_pictures() -> None:
    assert (PLACE / "README.md").read_text() == page()
