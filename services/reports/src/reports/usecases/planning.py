"""The steps of making a report, over services: sections side by side, a file, and mails with it."""

from contracts.emails import SendReport
from contracts.reports import GatherSection, MakeReport, NoteBrokenReport, WriteReport
from mesh.canvas import Canvas, Step, chain, group, step
from reports.titles import title
from reports.usecases.gathering import sections

REPORT, MAIL = "report", "mail"
"""What the steps behind the sections are called, where one of them is told of."""


def steps(wanted: MakeReport) -> Canvas:
    """The same for the same. Raises Reject for what cannot be made."""
    id = wanted.report_id
    parts = (
        _watched(step(GatherSection, report_id=id, section=name), name).keyed(name)
        for name in sections(wanted.kind)
    )
    written = _watched(step(WriteReport, report_id=id), REPORT)
    mails = [_watched(mail, MAIL) for mail in _mails(wanted)]
    return chain(group(parts), written, *([group(mails)] if mails else []))


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


def _watched(one: Step, part: str) -> Step:
    return one.link_error(step(NoteBrokenReport, report_id=one.known["report_id"], part=part))
