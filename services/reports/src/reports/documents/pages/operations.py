"""Operations: what the mesh did, how fast, and what it could not do."""

from collections.abc import Iterable, Sequence

from reports.documents.kinds.operations import Flow, Operations
from reports.documents.pages import shared
from reports.documents.pages.layout import Chart, Column, KeyFigure, Page, Part, Table, Value
from reports.documents.readers import Reader
from reports.documents.text import one_line
from reports.documents.titles import title


def page(report: Operations, reader: Reader) -> Page:
    return Page(
        title=title(report.KIND, reader),
        subtitle=shared.subtitle(reader, report.first_day, report.last_day),
        currency=reader.gettext("Times in milliseconds"),
        figures=_figures(report, reader),
        notes=(),
        parts=list(_parts(report, reader)),
        compared=shared.compared_with(reader, report.first_day, report.last_day),
        empty=reader.gettext("No message came by in this time."),
    )


def _figures(report: Operations, reader: Reader) -> list[KeyFigure]:
    now, before = report.total, report.previous
    compared, then = shared.Comparing(), before or Flow()
    return [
        compared.number(reader.gettext("Messages handled"), now.handled, then.handled),
        compared.number(reader.gettext("Retries"), now.retried, then.retried, more_is="bad"),
        compared.number(reader.gettext("Dead letters"), now.dead, then.dead, more_is="bad"),
        compared.duration(reader.gettext("Median time, ms"), now.p50, then.p50),
        compared.duration(reader.gettext("95th percentile, ms"), now.p95, then.p95),
    ]


def _parts(report: Operations, reader: Reader) -> Iterable[Part]:
    if report.total == Flow() and not (report.days or report.queues or report.deaths):
        return
    by_day = _by_day(report, reader)
    if report.first_day != report.last_day:
        values = [(each.day, each.flow.handled) for each in report.days]
        points = shared.over_time(reader, report.first_day, report.last_day, values)
        yield Chart(reader.gettext("Messages over time"), points, "number", of=by_day, at=1)
    yield _by_queue(report, reader)
    if report.deaths:
        yield _deaths(report, reader)
    yield by_day


def _by_day(report: Operations, reader: Reader) -> Table:
    columns = [Column(reader.gettext("Day"), "day"), *_flow_columns(reader)]
    return Table(reader.gettext("By day"), columns, [(each.day, *_flow(each.flow)) for each in report.days])


def _by_queue(report: Operations, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Service"), "code"),
        Column(reader.gettext("Queue"), "code", width=1.4),
        *_flow_columns(reader),
    ]
    rows = [(one_line(each.service), one_line(each.queue), *_flow(each.flow)) for each in report.queues]
    return Table(reader.gettext("By queue"), columns, rows)


def _flow_columns(reader: Reader) -> list[Column]:
    return [
        Column(reader.gettext("Handled"), "number", summed=True),
        Column(reader.gettext("Retries"), "number", summed=True),
        Column(reader.gettext("Dead letters"), "number", summed=True),
        Column(reader.gettext("p50"), "duration"),
        Column(reader.gettext("p95"), "duration"),
    ]


def _flow(flow: Flow) -> Sequence[Value]:
    return flow.handled, flow.retried, flow.dead, flow.p50, flow.p95


def _deaths(report: Operations, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Service"), "code"),
        Column(reader.gettext("Message"), "code", width=1.6),
        Column(reader.gettext("Reason"), width=2),
        Column(reader.gettext("Dead letters"), "number", summed=True),
    ]
    why = _reasons(reader)
    rows = [
        (one_line(d.service), one_line(d.message), why.get(d.reason) or one_line(d.reason), d.letters)
        for d in report.deaths
    ]
    return Table(reader.gettext("Why letters died"), columns, rows)


def _reasons(reader: Reader) -> dict[str, str]:
    """The mesh's words for why a message is a dead letter (`mesh.deadletters.Reason`)."""
    return {
        "contract": reader.gettext("Does not fit its contract"),
        "rejected": reader.gettext("Refused by its handler"),
        "exhausted": reader.gettext("Failed at every attempt"),
        "unknown": reader.gettext("Not known to this build"),
        "malformed": reader.gettext("No message at all"),
        "poison": reader.gettext("Processes died of it"),
    }
