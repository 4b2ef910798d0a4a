"""`make pictures`: docs/mails, every mail as a browser shows it, and the page that shows them."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from browsing import chromium

from emails.templates import Templates
from emails.templates.samples import SAMPLES

PLACE = Path(__file__).parents[2] / "docs/mails"
DESK, PHONE = 680, 360
NAMES = {
    "receipt": "Receipt",
    "shipped": "Notice: what became of an order",
    "report": "Report, by link",
    "bulk": "One mail of a campaign",
}
"""A sample of each template."""
PAGE = """# What the mails look like

Written by `make pictures`, from the samples that `emails preview` shows
([samples.py](../../services/emails/src/emails/templates/samples.py)): in English and in Russian, on a desk,
on a phone ({phone} pixels wide), and in the dark.
"""


class Picture(NamedTuple):
    kind: str
    language: str
    width: int
    scheme: Any = "light"

    @property
    def file(self) -> str:
        place = "phone" if self.width == PHONE else "desk"
        return f"{self.kind}-{self.language}-{'dark' if self.scheme == 'dark' else place}.png"


def pictures(kind: str) -> Iterator[Picture]:
    for width, language in product((DESK, PHONE), ("en", "ru")):
        yield Picture(kind, language, width)
    if kind in ("receipt", "shipped"):
        yield Picture(kind, "en" if kind == "receipt" else "ru", DESK, "dark")


def page() -> str:
    """The README of the folder."""
    parts = [PAGE.format(phone=PHONE)]
    for kind, name in NAMES.items():
        shown = (f'<img src="{p.file}" width="{p.width // 2}" alt="{_alt(p)}">' for p in pictures(kind))
        parts.append(f"## {name}\n\n" + "\n".join(shown) + "\n")
    return "\n".join(parts)


def _alt(picture: Picture) -> str:
    language = {"en": "in English", "ru": "in Russian"}[picture.language]
    where = (
        "in the dark" if picture.scheme == "dark" else "on a phone" if picture.width == PHONE else "on a desk"
    )
    return f"{NAMES[picture.kind].partition(':')[0]} {language}, {where}"


def take() -> None:
    """Write all of them anew."""
    PLACE.mkdir(exist_ok=True)
    templates = Templates()
    with chromium() as browser:
        for picture in (found for kind in NAMES for found in pictures(kind)):
            viewport: Any = {"width": picture.width, "height": 320}
            tab = browser.new_page(viewport=viewport, color_scheme=picture.scheme)
            tab.set_content(SAMPLES[picture.kind](templates, picture.language).html)
            tab.screenshot(path=PLACE / picture.file, full_page=True)
            tab.close()
    (PLACE / "README.md").write_text(page())


if __name__ == "__main__":
    take()
