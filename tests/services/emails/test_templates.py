"""Templates are held against what they are given when they load, and show it in one language."""

import re
import time
import timeit
from dataclasses import replace

import pytest
from jinja2 import ChoiceLoader, DictLoader, PackageLoader

from contracts.emails import Recipient
from emails.domain import Content
from emails.templates import BrokenTemplate, Templates, samples
from emails.templates.samples import SAMPLES
from emails.templates.styles import inlined, sheet

TEMPLATES = Templates()
PACKAGED = PackageLoader("emails")
ADA = Recipient(email="ada@example.com", name="Ada Lovelace", locale="en")
LINK = "https://api.meshwork.example/v1/files/0123456789"
LEAVE = "https://api.meshwork.example/unsubscribe/0123456789?a=1&b=2"


def with_template(**templates: str) -> Templates:
    """Those of the package, but for these: `name_html` is name.html."""
    changed = {name.replace("_", "."): source for name, source in templates.items()}
    return Templates(ChoiceLoader([DictLoader(changed), PACKAGED]))


@pytest.mark.parametrize(
    ("templates", "said"),
    [
        ({"receipt_txt": "{{ totl }}"}, "receipt.txt: nothing gives it 'totl'"),
        ({"bulk_html": "{% if never %}{% endif %}"}, "bulk.html: nothing gives it 'never'"),
        ({"layout_html": "{{ lng }}"}, "layout.html: nothing gives it 'lng'"),
        ({"receipt_txt": "\n{% for i in items %}{{ i.nmae }}{% endfor %}"}, "receipt.txt, line 2: .*'nmae'"),
        (
            {"notice_html": "{% if facts and not steps %}{{ facts.one }}{% endif %}"},
            "notice.html, line 1: .*'one'",
        ),
        ({"report_html": "{% if not link %}{{ link.url }}{% endif %}"}, "report.html, line 1: .*'url'"),
        ({"layout_html": '<p class="text huge">'}, "layout.html: mail.css has no class 'huge'"),
        (
            {"bulk_txt": '{{ gettext("Unsubscribe", who="x") }}{{ gettext("%(who)s") }}'},
            "bulk.txt, line 1: .*'who'",
        ),
    ],
)
def test_a_hole_is_found_when_it_is_loaded(templates: dict[str, str], said: str) -> None:
    with pytest.raises(BrokenTemplate, match=said):
        with_template(**templates)


def test_it_says_which_mail_would_have_it() -> None:
    with pytest.raises(BrokenTemplate, match=r"sample 'receipt' in 'en'"):
        with_template(receipt_html="{{ items[0].colour }}")


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_mail_is_in_one_language(kind: str) -> None:
    """What is left of a Russian mail without Cyrillic: names, numbers and addresses."""
    mail = SAMPLES[kind](TEMPLATES, "ru")
    for text in (mail.subject, mail.text, _words(mail.html)):
        others = re.sub(r"https?://\S+|[\w-]+\.csv|[\da-f]{8}-[\da-f-]{27}|[A-Z0-9-]+\b", "", text)
        assert re.findall(r"[A-Za-z]{2,}", others) == []
    assert not re.search("[а-яА-Я]", "".join(SAMPLES[kind](TEMPLATES, "en")))


def _words(html: str) -> str:
    return re.sub(r"(?s)<style>.*?</style>|<[^>]*>|&#?\w+;", " ", html)


@pytest.mark.parametrize("kind", SAMPLES)
def test_both_parts_say_the_same(kind: str) -> None:
    """What stands in the text is in the HTML, too: numbers, names, links."""
    mail = SAMPLES[kind](TEMPLATES, "en")
    for word in re.findall(r"https?://\S+|€[\d.,]+\d|\b[A-Z][\w-]*\d\b", mail.text):
        assert word in mail.html


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_text_fits_a_terminal(kind: str) -> None:
    for language in ("en", "ru"):
        lines = SAMPLES[kind](TEMPLATES, language).text.splitlines()
        assert max(len(line) for line in lines if "://" not in line) <= 72
        assert not [line for line in lines if line != "-- " and line != line.rstrip()]


def report(link: str | None, locale: str = "en", size: int = 1_482_332) -> Content:
    wanted = samples.report("en")
    file = wanted.file.model_copy(update={"size": size, "name": "a\n<b>.csv"})
    recipient = ADA.model_copy(update={"locale": locale})
    return TEMPLATES.report(wanted.model_copy(update={"recipient": recipient, "file": file}), link)


def test_a_report_by_link() -> None:
    mail = report(LINK)
    assert mail.subject == "Your report: Daily sales, February 2026"
    assert f"\n{LINK}\n" in mail.text
    assert "The link works for 7 days." in mail.text
    assert "The link works for 7 days." in mail.html
    assert f'href="{LINK}"' in mail.html
    assert "a &lt;b&gt;.csv" in mail.html
    assert "a <b>.csv, 1.5 MB" in mail.text


def test_a_report_that_is_attached_has_no_link() -> None:
    for text in (mail := report(None)).text, mail.html:
        assert "Your report is attached to this mail." in text
        assert "link works" not in text
    assert "href" not in mail.html


@pytest.mark.parametrize(
    ("locale", "size", "written"),
    [
        ("en", 0, "0 byte"),
        ("en", 999, "999 byte"),
        ("en", 1000, "1 kB"),
        ("en", 1_482_332, "1.5 MB"),
        ("de", 1_482_332, "1,5 MB"),
        ("ru", 1_482_332, "1,5 МБ"),
        ("ru", 25_000_000_000_000, "25\u00a0000 ГБ"),
    ],
)
def test_a_size_is_written_as_its_reader_does(locale: str, size: int, written: str) -> None:
    assert written in report(None, locale, size).text.replace("\u202f", "\u00a0")


def test_the_last_day_of_a_link_in_russian() -> None:
    assert "Ссылка действует 7 дней." in report(LINK, "ru").html


def test_one_mail_of_a_campaign() -> None:
    batch = samples.batch("en")
    mail = TEMPLATES.bulk(batch, ADA, LEAVE)
    assert mail.subject == batch.subject
    assert mail.text.startswith("The first Darjeeling of the year is here: picked in the morning mist,\n")
    assert mail.text.endswith(f"-- \nYou would rather not get such mails? Unsubscribe:\n{LEAVE}")
    assert "\nHave a look:\nhttps://shop.example/first-flush\n" in mail.text
    assert f'href="{LEAVE.replace("&", "&amp;")}"' in mail.html
    assert 'href="https://shop.example/first-flush"' in mail.html


def test_paragraphs_are_plain_text() -> None:
    batch = replace(samples.batch("en"), subject="a\n<b>", paragraphs=("<b>Bold</b> & {{ bad }}\nnext",))
    mail = TEMPLATES.bulk(batch, ADA, LEAVE)
    assert mail.subject == "a <b>"
    assert "<b>" not in mail.html
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; {{ bad }}\nnext</p>" in mail.html
    assert mail.text.startswith("<b>Bold</b> & {{ bad }}\nnext\n")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JaVaScript:alert(1)", "data:text/html,x", "//x.example"]
)
def test_a_button_leads_to_the_web_or_is_none(url: str) -> None:
    mail = TEMPLATES.bulk(replace(samples.batch("en"), action=("Look", url)), ADA, LEAVE)
    assert re.findall('href="([^"]*)', mail.html) == [LEAVE.replace("&", "&amp;")]
    assert f"Look: {url.strip()}" in mail.html


def test_styles_go_where_they_are_named() -> None:
    found = sheet("/* why */ .a { color: red; margin: 0 1px }\n.b { font: 'X' } @media dark { .b { x: y } }")
    assert found.head == "@media dark { .b { x: y } }"
    assert inlined('<p class="a">', "t", found) == '<p style="color:red;margin:0 1px">'
    assert inlined('<p class="a b" id="c">', "t", found) == (
        '<p class="b" style="color:red;margin:0 1px;font:\'X\'" id="c">'
    )


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_mail_needs_no_style_sheet(kind: str) -> None:
    """Programs that drop the head lose the phone and the dark, and nothing else."""
    html = SAMPLES[kind](TEMPLATES, "en").html
    [head] = re.findall(r"(?s)<style>(.*?)</style>", html)
    assert re.sub(r"@media \([^)]*\) \{( [^{}]+\{[^{}]*\})+ \}", "", head).strip() == ""
    visible = re.findall(r"<(?:p|h1|td|a|span|div)\b[^>]*>", html.partition("<body")[2])
    assert [tag for tag in visible if "style=" not in tag] == ["<td>"] * visible.count("<td>")
    assert len(html.encode()) < 10_000  # Gmail cuts a mail off after 102 kB


def test_a_receipt_takes_less_than_a_millisecond() -> None:
    wanted = samples.receipt("ru")
    seconds = timeit.repeat(lambda: TEMPLATES.receipt(wanted), time.process_time, number=20, repeat=20)
    assert min(seconds) / 20 < 0.001
