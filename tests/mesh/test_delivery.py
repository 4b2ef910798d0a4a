"""One delivery: handled once, or tried again, or kept. Real PostgreSQL, real bytes, no broker."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from outcomes import dead, due
from programs import eventually
from sample import Greet, Greeted, GreetV1, Outside, Ping, Post, ledger

from contracts import Envelope
from mesh import Retry, Unavailable, deadletters, inbox
from mesh.database import connect
from mesh.testing import around, raw, sent
from mesh.wire import Raw

Deliver = Callable[..., None]


def test_a_message_its_effects_and_what_it_sends_commit_together(deliver: Deliver, tx: Any) -> None:
    deliver(Greet(names=("Ada",)))
    assert ledger(tx, "greet") == ["Ada"]
    [greeted] = sent(tx, Greeted)
    assert greeted.names == ("Ada",)


def test_a_duplicate_stops_at_the_inbox(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("Ada",)))
    deliver(envelope)
    deliver(envelope)
    assert ledger(tx, "greet") == ["Ada"]


def test_what_a_message_causes_belongs_to_its_story(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("Ada",)))
    deliver(envelope)
    [[document]] = tx.execute("SELECT envelope FROM outbox").fetchall()
    caused = Envelope.read(document)
    assert (caused.causation_id, caused.correlation_id) == (envelope.id, envelope.correlation_id)


def test_an_old_version_arrives_as_the_newest(deliver: Deliver, tx: Any) -> None:
    deliver(GreetV1(name="Ada"))
    assert ledger(tx, "greet") == ["Ada"]


def test_a_plain_celery_client_speaks_version_1(deliver: Deliver, tx: Any) -> None:
    headers = {"task": "sample.greet", "id": "0d4b3c1e-8f7a-4b6c-9d2e-1f0a5b6c7d8e"}
    deliver(Raw(b'[[], {"name": "Ada"}, {}]', headers, "sample.v1", 0))
    assert ledger(tx, "greet") == ["Ada"]


def test_retry_leaves_nothing_behind_but_another_try(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("retry",)))
    deliver(envelope)
    assert ledger(tx, "greet") == []
    assert sent(tx, Greeted) == []
    assert due(tx) == [("sample.v2", 1)]
    deliver(envelope)  # the same message is not a duplicate: it has not been handled
    assert len(due(tx)) == 2


def test_a_fault_is_retried_and_then_kept(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("bug",)))
    deliver(raw(envelope, "sample", retries=0))
    deliver(raw(envelope, "sample", retries=1))
    assert dead(tx) == []
    deliver(raw(envelope, "sample", retries=2))  # attempts=3
    assert dead(tx) == [("exhausted", "ZeroDivisionError: a fault in the handler")]


def test_what_a_handler_needs_is_waited_for_at_no_cost(deliver: Deliver, tx: Any) -> None:
    """However long it is away: three attempts would be all that this message has."""
    envelope = around(Greet(names=("away",)))
    deliver(raw(envelope, "sample", retries=2))
    assert due(tx) == [("sample.v2", 2)]
    [[after]] = tx.execute("SELECT extract(epoch FROM due_at - now()) FROM outbox").fetchall()
    assert 50 < after <= 60
    assert (ledger(tx, "greet"), dead(tx)) == ([], [])


def test_so_is_what_an_effect_needs(deliver: Deliver, tx: Any, outside: Outside) -> None:
    outside.fails = Unavailable("the world is away")
    deliver(raw(around(Post(text="hello")), "sample", retries=1))
    assert due(tx) == [("sample.v1", 1)]
    assert dead(tx) == []


def test_reject_is_kept_at_once(deliver: Deliver, tx: Any) -> None:
    deliver(Greet(names=("reject",)))
    assert dead(tx) == [("rejected", "Reject: never")]
    assert ledger(tx, "greet") == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe not json", "malformed"),
        (b"[]", "malformed"),
        (b"null", "malformed"),
        (b'{"a": 1, "b": 2}', "malformed"),
        (b'[[{"id": "1"}], {}, {}]', "malformed"),
        (b"[[1, 2], {}, {}]", "malformed"),
        (b"\x00" * 10, "malformed"),
        (b'[["\\ud800\\u0000"], {}, {}]', "malformed"),
    ],
)
def test_what_is_no_message_is_kept(deliver: Deliver, tx: Any, body: bytes, reason: str) -> None:
    deliver(Raw(body, {"task": "sample.greet", "odd": b"\x00\xff"}, "sample.v1", 0))
    [[found, error]] = dead(tx)
    assert found == reason
    assert error


def altered(**changes: Any) -> Raw:
    envelope = around(Greet(names=("Ada",))).model_copy(update=changes)
    body = f"[[{envelope.model_dump_json()}], {{}}, {{}}]".encode()
    return Raw(body, {"task": "sample.greet", "id": str(envelope.id)}, "sample.v2", 0)


def test_data_that_does_not_fit_is_kept_with_each_field(deliver: Deliver, tx: Any) -> None:
    deliver(altered(data={"names": "Ada", "x": 1}))
    [[reason, error]] = dead(tx)
    assert reason == "contract"
    assert "names: " in error
    assert "Ada" not in error  # a value may be personal


def test_an_unknown_version_and_an_unknown_name_wait_for_another_build(deliver: Deliver, tx: Any) -> None:
    deliver(altered(version=9))
    deliver(altered(name="sample.unheard_of"))
    assert [reason for reason, _ in dead(tx)] == ["unknown", "unknown"]


def test_a_copy_of_a_dead_letter_is_the_same_dead_letter(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("reject",)))
    deliver(envelope)
    deliver(envelope)
    deliver(Raw(b"nonsense", {}, "sample.v1", 0), Raw(b"nonsense", {}, "sample.v1", 0))
    assert [d.reason for d in deadletters.listed(tx)] == ["rejected", "malformed"]


def test_a_message_that_kills_processes_is_kept(deliver: Deliver, tx: Any) -> None:
    deliver(raw(around(Greet(names=("die",))), "sample", deaths=3))
    [[reason, _]] = dead(tx)
    assert reason == "poison"


def test_replay_sends_a_dead_letter_to_its_queue_unchanged(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("reject",)))
    deliver(envelope)
    [letter] = deadletters.listed(tx)
    assert deadletters.replay(tx, letter.id)
    [[document, queue]] = tx.execute("SELECT envelope, queue FROM outbox").fetchall()
    assert Envelope.read(document) == envelope
    assert queue == "sample.v2"
    assert deadletters.listed(tx) == []
    assert not deadletters.replay(tx, letter.id)


def test_an_effect_is_performed_after_its_intent_and_before_its_outcome(
    deliver: Deliver, tx: Any, outside: Outside
) -> None:
    deliver(Post(text="hello"))
    assert outside.posted == ["hello"]
    assert (ledger(tx, "intended"), ledger(tx, "posted")) == (["hello"], ["hello"])


def test_a_failed_effect_is_tried_again(deliver: Deliver, tx: Any, outside: Outside) -> None:
    envelope = around(Post(text="hello"))
    outside.fails = Retry("the world is away")
    deliver(envelope)
    assert due(tx) == [("sample.v1", 1)]
    outside.fails = None
    deliver(raw(envelope, "sample", retries=1))
    assert outside.posted == ["hello"]
    assert ledger(tx, "posted") == ["hello"]


def test_an_effect_that_was_done_is_not_repeated(deliver: Deliver, outside: Outside) -> None:
    envelope = around(Post(text="hello"))
    deliver(envelope)
    deliver(envelope)
    assert outside.posted == ["hello"]


def interrupted(tx: Any, envelope: Envelope) -> None:
    """What a process leaves that dies between its effect and its last commit."""
    with tx.transaction():
        inbox.begin(tx, [envelope.id], [envelope.name])
        inbox.open_effects(tx, [envelope.id])


def until_posted(deliver: Deliver, envelope: Envelope, outside: Outside) -> list[str]:
    """Deliver a message until its effect is ours: the lock of a closed connection is not free at once."""

    def posted() -> list[str]:
        deliver(envelope)
        return outside.posted

    return eventually(posted, "the lock of a closed connection is free")


def test_an_effect_left_uncertain_by_a_crash_is_repeated(
    deliver: Deliver, url: str, outside: Outside
) -> None:
    envelope = around(Post(text="hello"))
    with connect(url, "dies") as crashing:
        interrupted(crashing, envelope)
    assert until_posted(deliver, envelope, outside) == ["hello"]


def test_an_effect_left_uncertain_is_not_repeated_where_once_is_more_than_twice(
    deliver: Deliver, url: str, tx: Any, outside: Outside
) -> None:
    envelope = around(Post(text="once"))
    with connect(url, "dies") as crashing:
        interrupted(crashing, envelope)

    def doubted() -> list[str]:
        deliver(envelope)
        return ledger(tx, "doubted")

    assert eventually(doubted, "the lock of a closed connection is free") == ["once"]
    deliver(envelope)
    assert (outside.posted, ledger(tx, "posted"), ledger(tx, "doubted")) == ([], [], ["once"])


def test_a_doubt_outlives_a_try_that_fails(deliver: Deliver, url: str, tx: Any, outside: Outside) -> None:
    """It may have been posted before: that is no less so because the next try came to nothing."""
    envelope = around(Post(text="once"))
    with connect(url, "dies") as crashing:
        interrupted(crashing, envelope)
    eventually(lambda: _is_free(tx, envelope), "the lock of a closed connection is free")
    tx.execute("ALTER TABLE ledger RENAME TO gone")  # the handler fails
    deliver(envelope)
    tx.execute("ALTER TABLE gone RENAME TO ledger")
    assert due(tx) == [("sample.v1", 1)]
    deliver(raw(envelope, "sample", retries=1))
    assert (outside.posted, ledger(tx, "doubted")) == ([], ["once"])


def _is_free(tx: Any, envelope: Envelope) -> bool:
    """Whether nobody performs its effect."""
    key = (str(envelope.id),)
    [[free]] = tx.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key).fetchall()
    if free:
        tx.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
    return bool(free)


def test_nobody_doubts_what_was_not_begun(deliver: Deliver, tx: Any, outside: Outside) -> None:
    outside.fails = Retry("the world is away")
    envelope = around(Post(text="once"))
    deliver(envelope)
    outside.fails = None
    deliver(raw(envelope, "sample", retries=1))
    assert (outside.posted, ledger(tx, "doubted")) == (["once"], [])


def test_an_effect_that_another_process_performs_is_left_to_it(
    deliver: Deliver, url: str, tx: Any, outside: Outside
) -> None:
    envelope = around(Post(text="hello"))
    with connect(url, "busy") as performing:
        interrupted(performing, envelope)
        deliver(envelope)
        assert outside.posted == []
        assert due(tx) == [("sample.v1", 0)]  # looked at again later, at no cost

    assert until_posted(deliver, envelope, outside) == ["hello"]


def test_what_needs_no_database_leaves_nothing_there(deliver: Deliver, tx: Any, outside: Outside) -> None:
    envelope = around(Ping(text="hello"))
    deliver(envelope)
    deliver(envelope)
    assert outside.posted == ["hello", "hello"]
    assert tx.execute("SELECT count(*) FROM inbox").fetchall() == [(0,)]


def test_what_needs_no_database_is_tried_again_and_then_kept(
    deliver: Deliver, tx: Any, outside: Outside
) -> None:
    outside.fails = OSError("the cache is away")
    envelope = around(Ping(text="hello"))
    deliver(envelope)
    assert due(tx) == [("sample.v1", 1)]
    deliver(raw(envelope, "sample", retries=1))
    assert dead(tx) == [("exhausted", "OSError: the cache is away")]


def test_json_of_the_envelope_is_the_same_everywhere(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("reject",)))
    deliver(envelope)
    [letter] = deadletters.listed(tx)
    found = deadletters.find(tx, letter.id)
    assert found
    assert json.loads(found[1]) == json.loads(envelope.model_dump_json())


def test_the_inbox_forgets_what_can_no_longer_come_again(deliver: Deliver, tx: Any) -> None:
    deliver(Greet(names=("Ada",)), Greet(names=("Bob",)))
    assert inbox.prune(tx, 10) == 0
    tx.execute("UPDATE inbox SET begun_at = now() - interval '15 days'")
    assert inbox.prune(tx, 10) == 2


def test_pruning_reads_what_it_forgets_and_no_more(tx: Any) -> None:
    """Also where new messages lie in the space of old ones, and by a plan that knows no values."""
    enter = """
        INSERT INTO inbox (message_id, name, begun_at)
        SELECT gen_random_uuid(), 'sample.greet', now() - %s::interval FROM generate_series(1, 5000)
    """
    tx.execute(enter, ("15 days",))
    tx.execute(enter, ("1 day",))
    assert inbox.prune(tx, 10_000) == 5000
    tx.execute("VACUUM inbox")
    tx.execute(enter, ("1 hour",))
    prune = inbox._PRUNE.replace("%s", "$1", 1).replace("%s", "$2", 1)
    tx.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE prune (interval, int) AS {prune}")
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE prune ('14 days', 10000)"
    [[[explained]]] = tx.execute(explain).fetchall()
    plan = explained["Plan"]
    assert "inbox_begun_at" in str(plan)
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 10  # of a hundred
