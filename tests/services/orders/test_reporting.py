"""Reports: asked for, followed as a job, called off; and the file, when another service has made it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from api import Answer, Api, new_key, served
from streams import following

from contracts import Envelope, reports
from contracts.files import File
from contracts.reports import MakeReport, ReportFailed, ReportMade, RevokeReport, SectionGathered
from mesh import Database, testing
from mesh.files import FileStore, open_store
from mesh.testing import sent
from orders.api.reports import ReportFormat, ReportKind
from orders.api.scheduled import Period
from orders.tasks import consumer
from orders.wiring import Deps

Deliver = Callable[..., None]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MARCH = {"kind": "daily_sales", "format": "csv", "first_day": "2026-03-01", "last_day": "2026-03-31"}


@pytest.fixture
def store(files: Path) -> FileStore:
    return open_store(files.as_uri())


@pytest.fixture
def tell(database: Database, tx: Any) -> Deliver:
    """What the service that makes reports tells."""

    def tell(*messages: Any) -> None:
        tx.execute("DELETE FROM outbox WHERE name = 'reports.make_report'")  # it got it
        for message in messages:
            testing.deliver(consumer, database, Deps(timedelta(minutes=30)), message)

    return tell


def ask(api: Api, **changes: Any) -> str:
    """Where its job is."""
    answer = api.post("/v1/reports", MARCH | changes)
    assert answer.status == 202, answer.text
    return answer.headers["Location"]


def id_of(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def file_path(job: str) -> str:
    return f"/v1/reports/{id_of(job)}/file"


def made(job: str, file: File) -> ReportMade:
    return ReportMade(report_id=id_of(job), made_at=NOW, file=file)


def failed(job: str, *, again: bool, at: datetime = NOW) -> ReportFailed:
    return ReportFailed(report_id=id_of(job), failed_at=at, again=again)


def get(api: Api, path: str) -> Answer:
    answer = api.get(path)
    assert answer.status == 200, answer.text
    return answer


def test_a_report_is_asked_for_by_a_message(api: Api, tx: Any) -> None:
    job = ask(api)
    [wish] = sent(tx, MakeReport)
    said = wish.model_dump(mode="json")
    assert said == said | {"report_id": str(id_of(job)), "account": "tests", "deliver_to": [], **MARCH}
    told = get(api, job).json
    assert (told["kind"], told["state"], told["progress"]) == ("report", "PENDING", {"done": 0, "total": 1})


def test_its_file_is_there_when_it_is_made(api: Api, tx: Any, tell: Deliver, store: FileStore) -> None:
    job = ask(api)
    tell()
    assert get(api, job).json["state"] == "STARTED"
    tell(made(job, store.put([b"day,orders\r\n"], "text/csv", "м́арт 2026.csv")))
    told = get(api, job).json
    assert (told["state"], told["progress"]) == ("SUCCESS", {"done": 1, "total": 1})
    assert told["result"]["file"] == file_path(job)
    answer = get(api, told["result"]["file"])
    assert answer.text == "day,orders\r\n"
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%BC")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_large_file_comes_whole(api: Api, tx: Any, tell: Deliver, store: FileStore) -> None:
    job = ask(api)
    tell(made(job, store.put([b"0123456789"] * 200_000, "text/csv", "large.csv")))
    assert get(api, file_path(job)).text.count("0123456789") == 200_000
    head = api.request("HEAD", file_path(job))
    assert (head.status, head.headers["Content-Length"], head.text) == (200, "2000000", "")


def test_no_report_is_made_twice_for_one_key(api: Api, tx: Any) -> None:
    first, second = (api.post("/v1/reports", MARCH, **{"Idempotency-Key": str(tx)}) for _ in range(2))
    assert first.text == second.text
    assert len(sent(tx, MakeReport)) == 1


def test_what_fails_is_tried_again_and_then_kept(api: Api, tx: Any, tell: Deliver, store: FileStore) -> None:
    job, later = ask(api), NOW + timedelta(seconds=1)
    tell(failed(job, again=True))
    assert get(api, job).json["state"] == "RETRY"
    tell(failed(job, again=False, at=later), failed(job, again=True))  # the last one comes too late
    told = get(api, job).json
    assert (told["state"], told["problem"]["type"]) == ("FAILURE", "/problems/job-stuck")
    tell(made(job, store.put([b"repaired"], "text/csv", "repaired.csv")))
    told = get(api, job).json
    assert (told["state"], told["problem"]) == ("SUCCESS", None)


def test_its_parts_are_shown_as_they_become_known(api: Api, tx: Any, tell: Deliver, store: FileStore) -> None:
    job = ask(api)

    def told() -> tuple[str, Any, list[tuple[str | None, str]]]:
        said = get(api, job).json
        return said["state"], said["progress"], [(part["name"], part["state"]) for part in said["parts"]]

    of = {"report_id": id_of(job), "parts": ("days", "hours")}
    tell(
        SectionGathered(**of, part="hours", gathered_at=NOW),
        SectionGathered(**of, part="hours", gathered_at=NOW),
    )
    states = [(None, "STARTED"), ("days", "STARTED"), ("hours", "SUCCESS")]
    assert told() == ("PROGRESS", {"done": 1, "total": 3}, states)
    tell(ReportFailed(**of, part="days", failed_at=NOW, again=False))
    assert told() == ("FAILURE", {"done": 1, "total": 3}, [states[0], ("days", "FAILURE"), states[2]])
    tell(made(job, store.put([b"repaired"], "text/csv", "repaired.csv")))
    done = [(name, "SUCCESS") for name, _ in states]
    assert told() == ("SUCCESS", {"done": 3, "total": 3}, done)
    tell(SectionGathered(**of, part="days", gathered_at=NOW))  # which comes late
    assert told() == ("SUCCESS", {"done": 3, "total": 3}, done)


def test_a_part_that_fails_first_is_known_by_that(api: Api, tx: Any, tell: Deliver) -> None:
    job = ask(api)
    of = {"report_id": id_of(job), "parts": ("days", "hours")}
    tell(ReportFailed(**of, part="hours", failed_at=NOW, again=True))
    parts = get(api, job).json["parts"]
    assert [(part["number"], part["name"], part["state"]) for part in parts] == [
        (1, None, "STARTED"),
        (2, "days", "STARTED"),
        (3, "hours", "RETRY"),
    ]


def test_one_that_nobody_has_taken_up_yet_is_called_off(api: Api, tx: Any) -> None:
    job = ask(api)
    assert api.request("DELETE", job).json["state"] == "REVOKED"
    assert sent(tx, MakeReport) == []
    assert [gone.report_id for gone in sent(tx, RevokeReport)] == [id_of(job)]


def test_one_that_is_called_off_is_not_made_any_more(
    api: Api, tx: Any, tell: Deliver, store: FileStore
) -> None:
    job = ask(api)
    tell()
    api.request("DELETE", job)
    tell(made(job, store.put([b"too late"], "text/csv", "late.csv")), failed(job, again=False))
    told = get(api, job).json
    assert (told["state"], told["result"]) == ("REVOKED", None)
    api.get(file_path(job)).problem(409)
    assert api.request("DELETE", job).problem(409)["state"] == "REVOKED"


def test_a_file_that_is_not_there_yet(api: Api, tx: Any) -> None:
    problem = api.get(file_path(ask(api))).problem(409)
    assert (problem["type"], problem["state"]) == ("/problems/not-made", "PENDING")


def test_a_file_that_is_gone(api: Api, tx: Any, tell: Deliver) -> None:
    job = ask(api)
    tell(made(job, File(digest="0" * 64, size=3, media_type="text/csv", name="gone.csv")))
    assert api.get(file_path(job)).problem(410)["type"] == "/problems/file-gone"


def test_others_do_not_see_it(api: Api, tx: Any, tell: Deliver, store: FileStore, url: str) -> None:
    job = ask(api)
    tell(made(job, store.put([b"ours"], "text/csv", "ours.csv")))
    other = {"Authorization": f"Bearer {new_key(url, 'others')}"}
    for path in (job, file_path(job)):
        api.get(path, **other).problem(404)
    api.request("DELETE", job, headers=other).problem(404)


def test_what_is_no_report_has_no_file(api: Api, tx: Any) -> None:
    job = api.request("POST", "/v1/imports", data="{}", headers={"Content-Type": "application/x-ndjson"})
    for path in (file_path(job.headers["Location"]), f"/v1/reports/{uuid4()}/file", "/v1/reports/x/file"):
        api.get(path).problem(404)


def test_a_report_of_nobody_here_is_let_be(tx: Any, tell: Deliver, store: FileStore) -> None:
    job = f"/v1/jobs/{uuid4()}"
    tell(made(job, store.put([b"?"], "text/csv", "?.csv")), failed(job, again=False))


def test_it_is_told_to_whoever_follows(api: Api, tx: Any, tell: Deliver, store: FileStore) -> None:
    job = ask(api)
    file = store.put([b"news"], "text/csv", "news.csv")
    with following(api, "/v1/events?type=report.made") as stream:
        tell(made(job, file), made(job, file))  # it may be announced twice, by a build that was killed
        [told] = stream.next(1)
    expected = {"job_id": str(id_of(job)), "name": "news.csv", "media_type": "text/csv", "size": 4}
    assert told.document["data"] == expected
    [(events,)] = tx.execute("SELECT count(*) FROM events WHERE type = 'report.made'")
    assert events == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "weather"}, "/kind"),
        ({"kind": "operations"}, "/kind"),  # of the whole mesh, and so nobody's in particular
        ({"format": "docx"}, "/format"),
        ({"first_day": "2026-02-30"}, "/first_day"),
        ({"last_day": "2026-02-28"}, ""),
        ({"last_day": "2027-03-02"}, ""),
        ({"first_day": "0000-00-00"}, "/first_day"),
        ({"last_day": None}, "/last_day"),
        ({"account": "others"}, "/account"),
    ],
)
def test_what_cannot_be_reported_is_refused(api: Api, tx: Any, changes: dict[str, Any], pointer: str) -> None:
    problem = api.post("/v1/reports", MARCH | changes).problem(422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert sent(tx, MakeReport) == []


def test_without_a_store_there_are_no_reports(url: str, tx: Any) -> None:
    with served(url) as api:
        assert api.post("/v1/reports", MARCH).problem(501)["type"] == "/problems/no-reports"
        api.get(f"/v1/reports/{uuid4()}/file").problem(501)
    assert sent(tx, MakeReport) == []


def test_its_words_are_those_of_the_contract() -> None:
    assert set(Period) == set(get_args(reports.Period))
    assert set(ReportFormat) == set(get_args(reports.ReportFormat))
    assert set(ReportKind) == set(get_args(reports.ReportKind)) - {"operations"}  # for operators alone


def test_its_message_can_be_found_by_its_job(api: Api, tx: Any) -> None:
    job = ask(api)
    [[document]] = tx.execute("SELECT envelope FROM outbox WHERE name = 'reports.make_report'").fetchall()
    assert Envelope.read(document).id not in (id_of(job), None)
    assert get(api, job).json["parts"] == [
        {"number": 1, "name": None, "state": "PENDING", "total": 1, "failed": 0}
    ]
