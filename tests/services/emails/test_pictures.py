"""Mails in a real browser: on a phone, in the dark, and with names that would rather be programs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from browsing import Browser
from pictures import DESK, NAMES, PHONE, PLACE, page, pictures

from contracts.emails import Recipient
from contracts.orders import Line
from emails.templates import Templates, samples
from emails.templates.samples import SAMPLES

TEMPLATES = Templates()

LANGUAGES = ["en", "ru"]
EVIL = "\"'><script>window.hit = 1</script><img src=https://evil.example/x onerror='window.hit = 1'>"

Show = Callable[..., Any]

# Of each piece of text that can be seen: what it says, and how much it stands out from what is
# behind it (WCAG 2).
CONTRASTS = """() => {
    const parts = color => color.match(/[\\d.]+/g).map(Number);
    const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = color => {
        const [r, g, b] = parts(color).map(c => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (parts(color)[3] !== 0) return color;
        }
        return "rgb(255, 255, 255)";
    };
    const told = [];
    for (const element of document.body.querySelectorAll("*")) {
        const own = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
        if (!own.replace(/\\u00a0/g, "") || !element.checkVisibility()) continue;
        const pair = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
        told.push([own, (pair[0] + 0.05) / (pair[1] + 0.05)]);
    }
    return told;
}"""


class Tab:
    """One page of a browser, which nothing outside it answers."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        page.route("**/*", lambda route: (self.asked.append(route.request.url), route.abort()))

    def show(self, html: str, width: int = PHONE, scheme: Any = "light") -> Any:
        self.page.set_viewport_size({"width": width, "height": 640})
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_content(html)
        return self.page


@pytest.fixture(scope="module")
def opened_tab(browser: Browser) -> Tab:
    return Tab(browser.new_page())


@pytest.fixture
def show(opened_tab: Tab, asked: list[str]) -> Show:
    """Shows a mail's HTML; returns the page."""
    return opened_tab.show


@pytest.fixture
def asked(opened_tab: Tab) -> list[str]:
    """What the test's pages wanted of the network."""
    opened_tab.asked.clear()
    return opened_tab.asked


def too_wide(page: Any) -> int:
    """Pixels that can be reached by scrolling to the right alone."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_mail_is_as_wide_as_its_screen(show: Show, asked: list[str], kind: str) -> None:
    for language, width in product(LANGUAGES, (320, PHONE, DESK)):
        assert too_wide(show(SAMPLES[kind](TEMPLATES, language).html, width)) <= 0
    assert asked == []  # nobody learns from it that it is read


@pytest.mark.parametrize("name", ["W" * 200, "愛" * 200, "a b " * 60])
def test_no_name_is_too_long_for_a_phone(show: Show, name: str) -> None:
    wanted = samples.receipt("en").model_copy(
        update={
            "recipient": Recipient(email="ada@example.com", name=name, locale="de"),
            "lines": (Line(sku=name, name=name, quantity=10**6, unit_price=10**9),),
            "total": 10**15,
        }
    )
    assert too_wide(show(TEMPLATES.receipt(wanted).html)) <= 0
    told = samples.notice("shipped", "en", carrier=name, tracking=name)
    assert too_wide(show(TEMPLATES.notice(told).html)) <= 0


@pytest.mark.parametrize(("language", "total"), [("en", "€109.48"), ("ru", "9\u00a0853,20\u00a0₽")])
def test_the_total_is_on_the_screen(show: Show, language: str, total: str) -> None:
    page = show(SAMPLES["receipt"](TEMPLATES, language).html)
    [shown] = [each for each in page.get_by_text(total).all() if each.is_visible()]
    box = shown.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE
    assert box["y"] + box["height"] <= 640, "without scrolling"


def test_what_a_list_of_mails_shows_is_not_in_the_mail(show: Show) -> None:
    page = show(SAMPLES["receipt"](TEMPLATES, "en").html)
    assert not page.get_by_text("4 items, €109.48 in all").is_visible()


@pytest.mark.parametrize("kind", SAMPLES)
def test_all_of_it_can_be_read(show: Show, kind: str) -> None:
    for scheme in ("light", "dark"):
        contrasts = show(SAMPLES[kind](TEMPLATES, "en").html, scheme=scheme).evaluate(CONTRASTS)
        assert len(contrasts) > 2
        assert [told for told in contrasts if told[1] < 4.5] == []


def test_the_dark_is_dark(show: Show) -> None:
    html = SAMPLES["receipt"](TEMPLATES, "en").html
    color = "getComputedStyle(document.body).backgroundColor"
    assert show(html).evaluate(color) == "rgb(243, 241, 236)"
    assert show(html, scheme="dark").evaluate(color) == "rgb(19, 21, 24)"


def evil_mails() -> Iterator[str]:
    recipient = Recipient(email="ada@example.com", name=EVIL, locale="en")
    lines = (Line(sku=EVIL, name=EVIL, quantity=1, unit_price=1),)
    receipt = samples.receipt("en").model_copy(update={"recipient": recipient, "lines": lines})
    yield TEMPLATES.receipt(receipt).html
    for what in ("shipped", "cancelled", "refunded", "noted"):
        told = samples.notice(what, "en", text=EVIL, carrier=EVIL, tracking=EVIL)
        yield TEMPLATES.notice(told.model_copy(update={"recipient": recipient})).html
    report = samples.report("en").model_copy(update={"recipient": recipient, "title": EVIL})
    yield TEMPLATES.report(report, f"https://api.shop.example/{EVIL}").html
    for url in ("javascript:window.hit=1", "JavaScript:window.hit=1", f"https://shop.example/{EVIL}", EVIL):
        batch = replace(samples.batch("en"), subject=EVIL, paragraphs=(EVIL, EVIL), action=(EVIL, url))
        yield TEMPLATES.bulk(batch, recipient, "https://api.shop.example/unsubscribe/x").html


def test_nothing_that_others_wrote_runs_or_asks_for_anything(show: Show, asked: list[str]) -> None:
    for html in evil_mails():
        page = show(html)
        assert page.evaluate("window.hit") is None
        assert page.locator("script, img").count() == 0
        assert all(link.get_attribute("href").startswith("https://") for link in page.locator("a").all())
    assert asked == []


def test_the_pictures_in_the_documentation_are_there_and_small() -> None:
    assert (PLACE / "README.md").read_text() == page(), "`make pictures` writes it anew"
    files = {picture.file for kind in NAMES for picture in pictures(kind)}
    assert {file.name for file in PLACE.glob("*.png")} == files
    assert max((PLACE / file).stat().st_size for file in files) < 60_000
