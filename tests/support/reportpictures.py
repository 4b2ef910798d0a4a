"""`make report-pictures`: docs/reports, samples of reports, and their pages as pictures."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from reports.documents import MEDIA, written
from reports.documents.readers import reader
from reports.documents.samples import SAMPLES
from reports.documents.titles import title

PLACE = Path(__file__).parents[2] / "docs/reports"
LANGUAGES = {"en": "in English", "ru": "in Russian"}
DPI, PAGES, WIDTH = 64, 2, 300
PAGE = """# What the reports look like

Written by `make report-pictures`, from the samples that `reports preview` shows
([samples](../../services/reports/src/reports/documents/samples)): a month of a shop of teas.
The pictures are the first pages of the PDF; behind each kind are its files, as a merchant gets them.
"""


def files() -> Iterator[tuple[str, bytes]]:
    """Names, and what is in them."""
    for kind, sample in SAMPLES.items():
        for name, format, language in _names(kind):
            yield name, written(sample(), format, language)


def _names(kind: str) -> Iterator[tuple[str, str, str]]:
    """Of the files of a kind, each with its format and language."""
    name = kind.replace("_", "-")
    for format in MEDIA:
        if format in ("pdf", "xlsx"):
            yield from ((f"{name}-{language}.{format}", format, language) for language in LANGUAGES)
        else:
            yield f"{name}.{format}", format, "en"


def page() -> str:
    """The README of the folder."""
    parts = [PAGE]
    for kind in SAMPLES:
        name, links = title(kind, reader("en")), [f"[{file}]({file})" for file, *_ in _names(kind)]
        shown = (_shown(picture, name) for picture in sorted(PLACE.glob(f"{kind.replace('_', '-')}-*.png")))
        parts.append(f"## {name}\n\n{', '.join(links)}\n\n" + "\n".join(shown) + "\n")
    return "\n".join(parts)


def _shown(picture: Path, name: str) -> str:
    *_, language, number = picture.stem.split("-")
    return f'<img src="{picture.name}" width="{WIDTH}" alt="{name} {LANGUAGES[language]}, page {number}">'


def take() -> None:
    """Write all of it anew. Needs pdftoppm, of Debian's poppler-utils."""
    PLACE.mkdir(exist_ok=True)
    for old in PLACE.iterdir():
        old.unlink()
    for name, content in files():
        (PLACE / name).write_bytes(content)
        if name.endswith(".pdf"):
            picture = PLACE / name.removesuffix(".pdf")
            subprocess.run(
                ["pdftoppm", "-r", str(DPI), "-l", str(PAGES), "-png", PLACE / name, picture], check=True
            )
    (PLACE / "README.md").write_text(page())


if __name__ == "__main__":
    take()
