"""Reports: figures become files, by a canvas that begins with a report's sections, side by side."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from contracts.files import File
from contracts.reports import (
    GatherSection,
    LookAfterReport,
    MakeReport,
    NoteBrokenReport,
    ReportFailed,
    ReportMade,
    Section,
    SectionGathered,
    WriteReport,
    WriteStatements,
    Written,
)
from mesh import Failure, Reject, Tx, Unavailable, canvas, outbox
from mesh.errors import Gone
from mesh.files import FileStore
from reports.documents import MEDIA, pieces
from reports.store import asked, revoked, statements
from reports.store.asked import Asked
from reports.usecases import gathering, planning, statementing
from reports.usecases.planning import REPORT, STATEMENTS

log = structlog.get_logger(__name__)

EXPIRES = timedelta(days=3)
"""After that no step of a report is begun any more: longer than a weekend on which nobody repairs it."""
LOOK = timedelta(minutes=10)
"""After that, a report that is not made is looked after for the first time."""


def make_report(wanted: MakeReport, tx: Tx) -> None:
    """Have it made, and sent to whom it is for; nothing, if it is not wanted any more.

    Raises Reject for what cannot be made.
    """
    if revoked.is_revoked(tx, wanted.report_id):
        return
    if asked.ask(tx, wanted) and wanted.kind == STATEMENTS:
        statements.choose(tx, wanted)
    report = _asked(tx, wanted.report_id)
    go_on(report, tx)
    _look_again(report, tx)


def go_on(report: Asked, tx: Tx) -> None:
    """Have done what was not done of it: from its beginning, after a failure was mended, or at any time.

    Raises Reject for one that is not wanted any more.
    """
    since = _now() - report.asked_at
    if report.revoked or since >= EXPIRES:
        raise Reject(
            f"report {report.report_id} was {'called off' if report.revoked else 'not made in time'}"
        )
    canvas.put(tx, planning.steps(report), id=report.report_id, expires=EXPIRES - since)


def look_after(report_id: UUID, tx: Tx) -> None:
    """Have it go on if it is not made: whatever kept it from that may be over."""
    report = asked.find(tx, report_id)
    if report is None or report.made_at or report.revoked or _now() - report.asked_at >= EXPIRES:
        return
    log.warning("report.late", report_id=str(report_id), broken=report.broken_part)
    go_on(report, tx)
    _look_again(report, tx)


def gather_section(step: GatherSection, tx: Tx, files: FileStore, reporting: str) -> Section:
    """Lay a part of it into the file store, and announce that. Raises Reject."""
    report = _asked(tx, step.report_id)
    fields = gathering.section(step.section, gathering.wanted(report.wanted, reporting), tx)
    file = files.put([gathering.laid_aside(fields)], MEDIA["json"], f"{step.section}.json")
    _tell_there(report, step.section, tx)
    return Section(name=step.section, file=file)


def write_statements(step: WriteStatements, tx: Tx, files: FileStore) -> None:
    """Some of all customers' statements, and mails with them. Raises Reject."""
    report = _under_way(tx, step.report_id)
    statementing.write(report, step.first, step.last, tx, files)
    _tell_there(report, planning.batch(step.first, step.last), tx)


def write_report(step: WriteReport, tx: Tx, files: FileStore, reporting: str) -> Written:
    """Lay the report into the file store, and announce that. Raises Reject."""
    report = _under_way(tx, step.report_id)
    file = _written(report, step.replies, tx, files, reporting)
    asked.note_made(tx, step.report_id)
    outbox.put(tx, ReportMade(report_id=step.report_id, made_at=_now(), file=file))
    return Written(file=file)


def tell_failure(
    step: MakeReport | GatherSection | WriteStatements | WriteReport, tx: Tx, failure: Failure
) -> None:
    """Whoever waits for it may want to know; not why, which is about our inside."""
    _tell_failed(step.report_id, _part(step), tx, again=failure.again)


def note_broken(step: NoteBrokenReport, tx: Tx) -> None:
    """One of its steps was not handled in time, or by another service, or is a dead letter."""
    failed = step.failed
    if failed.kind == "unreached":  # what it waits for was told for itself
        return
    log.warning("report.broken", report_id=str(step.report_id), part=step.part, step=str(failed.step_id))
    asked.note_broken(tx, step.report_id, step.part)
    if failed.kind == "expired":  # a handler that failed has told it
        _tell_failed(step.report_id, None if step.part == REPORT else step.part, tx, again=False)


def revoke_report(report_id: UUID, tx: Tx) -> None:
    """It is not wanted any more, whenever it is asked for. Whoever waits for it is told."""
    revoked.revoke(tx, report_id)
    report = asked.find(tx, report_id)
    if report and not report.made_at:
        _tell_failed(report_id, None, tx, again=False)


def _look_again(report: Asked, tx: Tx) -> None:
    """Less and less often: after as long again as it is old."""
    after = max(LOOK, _now() - report.asked_at)
    outbox.put(tx, LookAfterReport(report_id=report.report_id), after=after)


def _written(report: Asked, sections: Sequence[Section], tx: Tx, files: FileStore, reporting: str) -> File:
    wanted = report.wanted
    if wanted.kind == STATEMENTS:
        return statementing.archive(report, tx, files)
    want = gathering.wanted(wanted, reporting)
    document = gathering.assembled(want, (_section(part, want, tx, files) for part in sections))
    name = f"{document.name}.{wanted.format}"
    try:
        return files.put(pieces(document, wanted.format, wanted.locale), MEDIA[wanted.format], name)
    except OSError as error:  # a workbook grows in a folder for temporary files before it is stored
        raise Unavailable(f"no {wanted.format} can be written: {error.strerror or error}") from error


def _section(part: Section, want: gathering.Want, tx: Tx, files: FileStore) -> gathering.Fields:
    try:
        return gathering.taken_up(b"".join(files.read(part.file)))
    except Gone:  # a store may forget what it kept for long enough, or lose it
        log.warning("section.removed", section=part.name, digest=part.file.digest)
        return gathering.section(part.name, want, tx)


def _tell_there(report: Asked, part: str, tx: Tx) -> None:
    parts = planning.parts(report)
    outbox.put(tx, SectionGathered(report_id=report.report_id, part=part, parts=parts, gathered_at=_now()))


def _tell_failed(report_id: UUID, part: str | None, tx: Tx, *, again: bool) -> None:
    report = asked.find(tx, report_id)
    parts = planning.parts(report) if report else ()
    outbox.put(tx, ReportFailed(report_id=report_id, part=part, parts=parts, failed_at=_now(), again=again))


def _part(step: object) -> str | None:
    """None: the report itself."""
    match step:
        case GatherSection(section=section):
            return section
        case WriteStatements(first=first, last=last):
            return planning.batch(first, last)
    return None


def _under_way(tx: Tx, report_id: UUID) -> Asked:
    """Raises Reject. The canvas is called off, too, in a Redis that may lose it."""
    report = _asked(tx, report_id)
    if report.revoked:
        raise Reject("it was called off")
    return report


def _asked(tx: Tx, report_id: UUID) -> Asked:
    """Raises Reject."""
    report = asked.find(tx, report_id)
    if report is None:
        raise Reject(f"nobody asked for report {report_id}, or it was more than 30 days ago")
    return report


def _now() -> datetime:
    return datetime.now(UTC)
