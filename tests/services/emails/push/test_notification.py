"""What a browser is told fits into a push, and says what it can."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pushed import Pushes
from pushserver import PushServer

from emails.push import notification
from emails.push.notification import ROOM, written

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def body(text: str) -> str:
    return str(json.loads(written("Title", text, None, "tag"))["body"])


def test_a_short_one_is_told_as_it_is() -> None:
    document = {"title": "Täe", "body": "Two\nlines", "url": "/orders", "tag": "t"}
    assert json.loads(written(**document)) == document


@given(text=TEXT.map(lambda text: text * 300), title=TEXT)
def test_whatever_is_said_fits(text: str, title: str) -> None:
    found = written(title, text, None, "tag")
    assert len(found) <= ROOM
    told = json.loads(found)["body"]
    assert told == text or (told.endswith("…") and text.startswith(told.removesuffix("…")))


@pytest.mark.parametrize("character", ["a", "ä", "愛", "🫖", '"', "\0"])
def test_a_long_one_is_cut_at_a_character_and_no_sooner_than_needed(character: str) -> None:
    told = body(character * 5000)
    assert told.strip(character) == "…"
    longer = character * len(told) + "…"
    document = {"title": "Title", "body": longer, "url": None, "tag": "tag"}
    assert len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()) > ROOM


def test_the_longest_is_as_large_as_a_push_may_be(pushes: Pushes, service: PushServer) -> None:
    pushes.deliver((browser := service.browser()).subscribed())
    pushes.push(body="a" * 5000)
    [got] = service.received
    assert len(got.body) == 4096
    assert service.told(browser)[0]["body"].endswith("aaa…")


UNUSABLE = [
    ({"title": "x" * 4000}, "title, url and tag leave no room"),
    ({"url": f"https://shop.example/{'x' * 4000}"}, "title, url and tag leave no room"),
    ({"tag": "x" * 4000}, "title, url and tag leave no room"),
    ({"url": "javascript:alert(1)"}, "url does not begin with"),
    ({"url": "//evil.example"}, "url does not begin with"),
    ({"ttl": -1}, "ttl is -1"),
    ({"ttl": 28 * 24 * 3600 + 1}, "ttl is 2419201"),
]


@pytest.mark.parametrize(("changes", "why"), UNUSABLE)
def test_what_could_not_be_shown_is_a_dead_letter_of_whoever_sent_it(
    pushes: Pushes, service: PushServer, changes: dict[str, Any], why: str
) -> None:
    pushes.deliver(service.browser().subscribed())
    assert pushes.send(**changes) == []
    [(reason, error)] = pushes.dead()
    assert (reason, error.startswith(f"Reject: {why}")) == ("rejected", True)


def test_without_a_tag_it_has_one_of_its_own(pushes: Pushes, service: PushServer) -> None:
    """So that one that is pushed twice, after a crash, takes its own place on the screen."""
    pushes.deliver((browser := service.browser()).subscribed())
    [command] = pushes.send(tag=None, url=None)
    pushes.deliver(command)
    assert service.told(browser)[0]["tag"] == str(command.push_id)
    assert service.received[0].headers["topic"] == notification.topic(str(command.push_id))
