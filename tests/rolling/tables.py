"""What was measured, for people: docs/rolling.md."""

from collections.abc import Iterable, Sequence

from rolling.changes import ROOT
from rolling.results import Result
from rolling.roll import PATIENCE
from rolling.scenarios import BUSY, SCENARIOS, STEADY

PAGE = ROOT / "docs/rolling.md"
BROKERS = {"valkey": "Valkey", "rabbitmq": "RabbitMQ"}
HEAD = ("scenario", "broker", "ended by", "orders", "receipts", "sales", "lost", "twice", "misread")
MORE = ("strangers", "parked", "left", "repeated", "p50 s", "p99 s", "longest s")
Row = Sequence[str]

TEXT = f"""# Rolled in every order

`make rolling` builds wheels of old and new versions of the services, installs each in a virtual
environment of its own, and lets them work side by side under a steady load ({STEADY:.0f} orders a second;
{BUSY:.0f} where processes are killed again and again). There are two processes of each API and worker,
and one relay of each service; a roll replaces one of two, then the other with the relay. The changes of
contracts are the diffs of [change a message](how-to/change-a-message.md), as that page has them. Written
by `make rolling`; not by hand.

![messages handled per second, by build, while one roll went on](rolling.svg)

## With everything on

Counted outside the mesh: what clients were told, what the mail server got, what the figures of `reports`
say. Every number from *lost* to *left* but *parked* must be 0.

{{mesh}}

* **orders**: stored. All that clients were told of are among them; where an API was killed before it
  answered, its client ordered again, which makes two.
* **lost**, **twice**: effects of any kind that are missing or too many: receipts, notes, sales, entries
  of timelines. **misread**: mails that show another total than was ordered, and sums that do not agree.
* **strangers**: messages *handled* by a build that does not know them (of a batch, its log names the first
  and the last: these are looked at). **parked**: messages that came to
  such a build and were kept by it.
* **left**: dead letters, rows in outboxes and messages in `mesh.unrouted`, when nothing has
  changed for {PATIENCE:.0f} seconds.
* **repeated**: mails that went out twice because their worker was killed between the mail server's answer
  and the commit. They carry the same Message-ID, and the service lists them (`mails.tries`): the one
  window that there is.
* **p50**, **p99**, **longest**: from the answer of the API to the receipt at the mail server. What waits,
  waits for a process to start, on the machine of the measurement, with others starting beside it; a new
  major, for the new readers; on Valkey, what a killed worker had in its hands, for the end of its lease.

{{about}}

## With a protection taken away

The same rolls with wheels that lack one of the protections ([the diffs](../tests/rolling/without)). That
each of them is seen to lose, to double or to misread something is part of what `make rolling` checks;
where another protection still catches it, to park what would otherwise never have come to that build.
Whether a kill hits the moment that inbox or outbox are for is chance: such a roll is repeated, up to three
times, until one does.

{{weakened}}

## Plain Celery

The same orders, mails and figures with one Celery app, one queue, `send_task` after the commit and every
setting at its default ([the code](../tests/rolling/plain)); two API processes and two workers.

{{plain}}
"""


def write(results: Iterable[Result]) -> None:
    """Write docs/rolling.md."""
    mesh = _together(r for r in results if r.mesh and not r.without)
    parts = {
        "mesh": table(mesh),
        "about": "\n".join(f"* *{scenario.name}*: {scenario.about}" for scenario in SCENARIOS),
        "weakened": table([r for r in results if r.without], without=True),
        "plain": table([r for r in results if not r.mesh]),
    }
    PAGE.write_text(TEXT.format(**parts))


def table(results: Iterable[Result], *, without: bool = False) -> str:
    """Markdown; `without` adds which protections were taken away."""
    head = ("without", *HEAD, *MORE) if without else (*HEAD, *MORE)
    rows = [((" and ".join(r.without), *_row(r)) if without else _row(r)) for r in results]
    rule = [":---" if name in ("without", *HEAD[:3]) else "---:" for name in head]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def line(result: Result) -> str:
    """One result, while they come in."""
    v = result.verdict
    wrong = f"lost {v.lost}, twice {v.twice}, misread {v.misread}, strangers {v.strangers}, left {v.left}"
    waited = f"p99 {result.waits.p99:.2f} s" if result.waits else "nothing came"
    return f"{v.stored} orders, {wrong}; parked {v.parked}, repeated {v.repeated}, {waited}"


def _together(results: Iterable[Result]) -> list[Result]:
    """Those of one scenario, whatever the broker, in the order of the scenarios."""
    order = [scenario.name for scenario in SCENARIOS]
    return sorted(results, key=lambda result: order.index(result.scenario))


def _row(result: Result) -> Row:
    v, w = result.verdict, result.waits
    counts = (v.stored, v.receipts, v.sales, v.lost, v.twice, v.misread)
    more = (v.strangers, v.parked, v.left, v.repeated) if result.mesh else ("", "", "", "")
    waited = (f"{w.p50:.2f}", f"{w.p99:.2f}", f"{w.longest:.2f}") if w else ("", "", "")
    return [result.scenario, BROKERS[result.broker], result.how, *map(str, (*counts, *more)), *waited]
