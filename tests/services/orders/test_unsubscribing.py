"""Links in mails by which people say that they want no more of them."""

import re
from typing import Any

import pytest
from api import Answer, Api, served
from links import LINK_KEY, follow, link

from contracts.emails import SetPreference
from contracts.links import Unsubscribe
from mesh.testing import sent
from orders.words import LANGUAGES

ADA = Unsubscribe(account="shop", email="ada@example.com", kind="newsletter")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def form_of(page: Answer) -> dict[str, str]:
    """What its one button sends."""
    [form] = re.findall(r'<form method="post">(.*?)</form>', page.text)
    return dict(re.findall(r'name="(.*?)" value="(.*?)"', form))


def test_to_look_at_it_changes_nothing(open_api: Api, tx: Any) -> None:
    page = follow(open_api, "GET", link("unsubscribe", ADA), **{"Accept-Language": "en"})
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {"a…@example.com", "News"} <= set(re.findall("<dd>(.*?)</dd>", page.text))
    assert "ada@" not in page.text
    assert follow(open_api, "HEAD", link("unsubscribe", ADA)).status == 200
    assert sent(tx, SetPreference) == []


def test_the_buttons_do_it_and_take_it_back(open_api: Api, tx: Any) -> None:
    path = link("unsubscribe", ADA)
    page = follow(open_api, "GET", path)
    for title in ("You are unsubscribed", "You are subscribed again", "You are unsubscribed"):
        page = follow(open_api, "POST", path, form_of(page))
        assert (page.status, re.findall("<h1>(.*?)</h1>", page.text)) == (200, [title])
    said = sent(tx, SetPreference)
    assert [each.wanted for each in said] == [False, True, False]
    for each in said:
        assert (each.account, each.email, each.kind) == ("shop", "ada@example.com", "newsletter")
        assert each.channel == "email"
    assert said == sorted(said, key=lambda each: each.said_at)


@pytest.mark.parametrize("account", ["shop", None])
def test_mail_programs_do_it_with_one_click(open_api: Api, tx: Any, account: str | None) -> None:
    """RFC 8058: either kind of form, no cookie, and no redirect."""
    path = link("unsubscribe", Unsubscribe(account=account, email="ada@example.com", kind="offers"))
    boundary = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    media = {"Content-Type": "multipart/form-data; boundary=x"}
    for answer in (
        follow(open_api, "POST", path, ONE_CLICK),
        follow(open_api, "POST", path, boundary, **media),
    ):
        assert answer.status == 200
        assert {"Location", "Set-Cookie"}.isdisjoint(answer.headers)
    assert [(each.account, each.wanted) for each in sent(tx, SetPreference)] == 2 * [(account, False)]


def test_a_multipart_form_also_takes_it_back(open_api: Api, tx: Any) -> None:
    form = '--x\r\nContent-Disposition: form-data; name="wanted"\r\n\r\nyes\r\n--x--\r\n'
    media = {"Content-Type": "multipart/form-data; boundary=x"}
    assert follow(open_api, "POST", link("unsubscribe", ADA), form, **media).status == 200
    assert [each.wanted for each in sent(tx, SetPreference)] == [True]


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("de,ru;q=0.3", "ru"),
        ("en;q=0.2,ru;q=0.8", "ru"),
        ("ru;q=0,en", "en"),
        ("ru;q=x", "en"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_in_the_language_that_is_liked_best(open_api: Api, tx: Any, wanted: str, got: str) -> None:
    page = follow(open_api, "GET", link("unsubscribe", ADA), **{"Accept-Language": wanted})
    assert page.headers["Content-Language"] == got
    assert f'<html lang="{got}">' in page.text
    assert LANGUAGES[got].ask.title in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_each_language_says_all(open_api: Api) -> None:
    said = {(*words.failures, *words.kinds) for words in LANGUAGES.values()}
    assert len(said) == 1


@pytest.mark.parametrize(
    ("accepted", "page"),
    [
        (BROWSER, True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("application/problem+json, text/html;q=0.5", False),
        ("text/html;q=0", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_errors_are_pages_for_who_asks_for_pages(open_api: Api, tx: Any, accepted: str, page: bool) -> None:
    answer = follow(open_api, "GET", "/v1/unsubscribe/x", Accept=accepted)
    assert answer.headers["Content-Type"].startswith("text/html" if page else "application/problem+json")
    assert answer.headers["Vary"].startswith("Accept")


def test_it_loads_and_runs_nothing(open_api: Api, tx: Any) -> None:
    page = follow(open_api, "GET", link("unsubscribe", ADA))
    policy = page.headers["Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action 'self'; "
        r"base-uri 'none'; frame-ancestors 'none'",
        policy,
    )
    assert not re.search(r"<script|src=|href=|url\(|@import|style=", page.text)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_what_a_link_says_is_no_markup(open_api: Api, tx: Any) -> None:
    said = Unsubscribe(account=None, email="a@<script>alert(1)</script>", kind="news")
    page = follow(open_api, "GET", link("unsubscribe", said))
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    ("form", "media", "status"),
    [
        ("wanted=maybe", "application/x-www-form-urlencoded", 422),
        ("wanted=%FF", "application/x-www-form-urlencoded", 400),
        ("&".join(f"a{n}=" for n in range(51)), "application/x-www-form-urlencoded", 400),
        ("a" * 4097, "application/x-www-form-urlencoded", 413),
        ("{}", "application/json", 415),
        ("a=b", "application/x-www-form-urlencoded; charset=utf-16", 415),
        (
            '--x\r\nContent-Disposition: form-data; name="wanted"\r\n\r\nno?\r\n--x--',
            "multipart/form-data; boundary=x",
            422,
        ),
        (
            '--x\r\nContent-Disposition: form-data; name="wanted"\r\n\r\n\xff\r\n--x--'.encode("latin-1"),
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
def test_forms_that_say_nothing_of_it_are_refused(
    open_api: Api, tx: Any, form: Any, media: str, status: int
) -> None:
    path = link("unsubscribe", ADA)
    follow(open_api, "POST", path, form, **{"Content-Type": media}).problem(status)
    assert sent(tx, SetPreference) == []


@pytest.mark.parametrize(
    "form",
    [
        "hello",
        "--x\r\nhello--x--\r\n",
        "--x\r\n\r\n\r\n--x--",
        "--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n\r\n--y--\r\n--x--",
        200 * "--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n",
    ],
)
def test_what_has_no_fields_is_no_form(open_api: Api, tx: Any, form: str) -> None:
    media = {"Content-Type": "multipart/form-data; boundary=x"}
    follow(open_api, "POST", link("unsubscribe", ADA), form[:4000], **media).problem(400)
    assert sent(tx, SetPreference) == []


@pytest.mark.parametrize("form", ["", "--x--", "--x--\r\n"])
def test_an_empty_form_still_unsubscribes(open_api: Api, tx: Any, form: str) -> None:
    """Whatever a mail program makes of it: it has been asked to."""
    media = {"Content-Type": "multipart/form-data; boundary=x"}
    assert follow(open_api, "POST", link("unsubscribe", ADA), form, **media).status == 200
    assert [each.wanted for each in sent(tx, SetPreference)] == [False]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(open_api: Api, tx: Any, method: str) -> None:
    answer = follow(open_api, method, link("unsubscribe", ADA))
    answer.problem(405)
    assert answer.headers["Allow"] == "GET,HEAD,POST"


def test_without_a_database_nothing_is_said_to_be_done() -> None:
    away = "postgresql://nobody@127.0.0.1:1/none"
    with served(away, link_keys=[LINK_KEY]) as api:
        api.key = "none"  # it would be looked for where no database is
        follow(api, "POST", link("unsubscribe", ADA), ONE_CLICK).problem(503)
        page = follow(api, "POST", link("unsubscribe", ADA), ONE_CLICK, Accept=BROWSER)
        assert (page.status, page.headers["Retry-After"]) == (503, "1")
        assert LANGUAGES["en"].failed.title in page.text
