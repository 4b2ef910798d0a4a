"""The steps of making a report, over services: its parts side by side, a file, and mails with it."""

from typing import Literal

from contracts.emails import SendReport
from contracts.reports import GatherSection, MakeReport, NoteBrokenReport, WriteReport, WriteStatements
from mesh.canvas import Canvas, Node, Step, chain, group, spread, step
from reports.store.asked import Asked
from reports.titles import title
from reports.usecases.gathering import sections

REPORT, MAIL = "report", "mail"
"""What the steps behind the parts are called, where one of them is told of."""
STATEMENTS = "customer_statements"
"""The kind whose parts are batches of customers."""
_LEAST, _BATCHES = 10, 400
"""Statements in a batch, and batches: a lane travels whole, and holds about 150 steps."""
_AT_ONCE = 8
_ONE_BY_ONE, _LONG_LIST = "refunds", "product_performance"
_LAID_OUT = ("xlsx", "pdf")
_MONTH = 31  # days


def steps(report: Asked) -> Canvas:
    """The same for the same."""
    begun = _batches(report) if report.wanted.kind == STATEMENTS else _sections(report)
    mails = [_watched(mail, MAIL) for mail in _mails(report.wanted)]
    return chain(*begun, *([group(mails)] if mails else []))


def parts(report: Asked) -> tuple[str, ...]:
    """What is done side by side, by name."""
    if report.wanted.kind == STATEMENTS:
        return tuple(batch(first, last) for first, last in _numbers(report.customers))
    return sections(report.wanted.kind)


def lane(wanted: MakeReport) -> Literal["heavy"] | None:
    """In which its parts travel. None: the default one. What takes seconds has workers of its own.

    Refunds are read one by one, or their sums over all of them: 54,000 of a month take 1 to 5 s, whatever the
    format. Of 10,000 products a PDF takes 2 s and 200 MiB, JSON and CSV far less; a month's sales take less
    than 1 s. All of them take more with the days.
    """
    each = wanted.kind == _ONE_BY_ONE or (wanted.kind == _LONG_LIST and wanted.format in _LAID_OUT)
    long = (wanted.last_day - wanted.first_day).days >= _MONTH
    return "heavy" if each or long or wanted.kind == STATEMENTS else None


def batch(first: int, last: int) -> str:
    """The name of a part with these statements."""
    return f"{first}-{last}"


def _sections(report: Asked) -> list[Node]:
    id = report.report_id
    found = (
        _part(report, step(GatherSection, report_id=id, section=name), name).keyed(name)
        for name in sections(report.wanted.kind)
    )
    return [group(found), _part(report, step(WriteReport, report_id=id), REPORT)]


def _batches(report: Asked) -> list[Node]:
    id = report.report_id
    found = [
        _part(report, step(WriteStatements, report_id=id, first=first, last=last), batch(first, last))
        for first, last in _numbers(report.customers)
    ]
    written = _part(report, step(WriteReport, report_id=id, replies=()), REPORT)
    return [spread(found, at_once=_AT_ONCE), written] if found else [written]


def _numbers(customers: int) -> list[tuple[int, int]]:
    size = max(_LEAST, -(-customers // _BATCHES))
    return [(first, min(first + size - 1, customers)) for first in range(1, customers + 1, size)]


def _mails(wanted: MakeReport) -> list[Step]:
    people = {recipient.email: recipient for recipient in wanted.deliver_to}
    return [
        step(
            SendReport,
            account=wanted.account,
            report_id=wanted.report_id,
            recipient=recipient,
            title=title(wanted.kind, wanted.first_day, wanted.last_day, recipient.locale),
            by=wanted.by,
        )
        for recipient in people.values()
    ]


def _part(report: Asked, one: Step, name: str) -> Step:
    found = lane(report.wanted)
    return _watched(one.in_lane(found) if found else one, name)


def _watched(one: Step, part: str) -> Step:
    return one.link_error(step(NoteBrokenReport, report_id=one.known["report_id"], part=part))
