"""`make report-pictures`: docs/reports, samples of reports, and their pages as pictures."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from reports.documents import MEDIA, written
from reports.documents.samples import SAMPLES

PLACE = Path(__file__).parents[2] / "docs/reports"
NAMES = {
    "daily_sales": "Daily sales",
    "product_performance": "Product performance",
    "customer_statement": "Customer statement",
    "refunds": "Refunds",
    "operations": "Operations of the mesh",
}
LANGUAGES = {"en": "in English", "ru": "in Russian"}
DPI, PAGES, WIDTH = 64, 2, 300
PAGE = """# What the reports look like

Written by `make report-pictures`, from the samples that `reports preview` shows
([samples](../../services/reports/src/reports/documents/samples)): a month of a shop of teas.
The pictures are the first pages of the PDF; behind each kind are its files, as a merchant gets them.
"""


def files() -> Iterator[tuple[str, bytes]]:
    """Names, and what is in them."""
    for kind in NAMES:
        for format in MEDIA:
            for language in LANGUAGES if format in ("pdf", "xlsx") else ("en",):
                yield _file(kind, format, language), written(SAMPLES[kind](), format, language)


def _file(kind: str, format: str, language: str) -> str:
    name = kind.replace("_", "-")
    return f"{name}-{language}.{format}" if format in ("pdf", "xlsx") else f"{name}.{format}"


def page() -> str:
    """The README of the folder."""
    parts = [PAGE]
    for kind, name in NAMES.items():
        links = [f"[{file}]({file})" for file, _ in files() if file.startswith(kind.replace("_", "-"))]
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
