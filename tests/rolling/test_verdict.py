"""The sums are right: a proof that counts nothing proves nothing."""

from collections import Counter
from dataclasses import replace

from rolling.ledger import Dead, Ledger, Mail
from rolling.load import Accepted, price
from rolling.logs import Logs
from rolling.verdict import ORDER_PLACED, Verdict, judge

ALL_WELL = Ledger(
    accepted=[],
    stored={"a": 1, "b": 2},
    mails=[Mail(f"mail-{id}", id, "receipt", 0.0, price(n), None) for id, n in {"a": 1, "b": 2}.items()],
    timeline=Counter((id, what) for id in "ab" for what in ("receipt sent", "sale recorded")),
    sales=(2, price(1) + price(2)),
)


def judged(ledger: Ledger) -> Verdict:
    return judge(ledger, Logs(), {})


def test_all_is_well() -> None:
    assert judged(ALL_WELL).clean


def test_a_receipt_is_missing() -> None:
    assert judged(replace(ALL_WELL, mails=ALL_WELL.mails[:1])).lost == 1


def test_what_is_a_dead_letter_is_left_and_not_lost() -> None:
    dead = (Dead("1", ORDER_PLACED, "unknown", ("b",)),)
    verdict = judged(replace(ALL_WELL, mails=ALL_WELL.mails[:1], dead=dead))
    assert (verdict.lost, verdict.left, verdict.clean) == (0, 1, False)


def test_a_mail_is_there_twice() -> None:
    doubled = replace(ALL_WELL, mails=[*ALL_WELL.mails, ALL_WELL.mails[0]])
    assert (judged(doubled).twice, judged(doubled).repeated) == (1, 0)
    known = replace(doubled, repeated=frozenset({"mail-a"}))
    assert (judged(known).twice, judged(known).repeated) == (0, 1)


def test_a_sale_is_counted_twice_or_not_at_all() -> None:
    assert judged(replace(ALL_WELL, sales=(3, 0))).twice == 1
    assert judged(replace(ALL_WELL, sales=(1, 0))).lost == 1


def test_a_mail_shows_another_total() -> None:
    wrong = ALL_WELL.mails[0]._replace(total=1)
    assert judged(replace(ALL_WELL, mails=[wrong, ALL_WELL.mails[1]])).misread == 1


def test_an_order_that_a_client_was_told_of_is_not_there() -> None:
    accepted = [Accepted(3, "c", 0.0, "")]
    assert judged(replace(ALL_WELL, accepted=accepted)).lost == 1
