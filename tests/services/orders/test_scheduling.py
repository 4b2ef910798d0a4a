"""Schedules over HTTP: told to reports, shown as it tells of them, whoever said the latest word."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from api import Answer, Api, new_key
from planned import a_schedule

from contracts.reports import (
    RemoveSchedule,
    RunScheduleNow,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    SetSchedule,
)
from mesh import Database, testing
from mesh.testing import sent
from orders.examples import NEW_SCHEDULE
from orders.keys import Scope
from orders.schedules import MOST_SCHEDULES
from orders.tasks import consumer
from orders.wiring import Deps

Deliver = Callable[..., None]
PATH = "/v1/schedules"
LATER = timedelta(seconds=1)


@pytest.fixture
def tell(database: Database) -> Deliver:
    """What the service that makes reports tells."""

    def tell(*messages: Any) -> None:
        for message in messages:
            testing.deliver(consumer, database, Deps(timedelta(minutes=30)), message)

    return tell


def add(api: Api, *without: str, **changes: Any) -> Answer:
    document = {name: value for name, value in NEW_SCHEDULE.items() if name not in without} | changes
    return api.post(PATH, document)


def changed(said: SetSchedule, **changes: Any) -> ScheduleChanged:
    return ScheduleChanged(**said.model_dump() | {"next_due_at": None} | changes)


def fired(said: SetSchedule, at: datetime, **changes: Any) -> ScheduleFired:
    told = ScheduleFired(
        schedule_id=said.schedule_id,
        account=said.account,
        due_at=at,
        fired_at=at,
        report_id=uuid4(),
        next_due_at=at + timedelta(days=1),
    )
    return told.model_copy(update=changes)


def shown(api: Api, id: UUID) -> Any:
    return api.get(f"{PATH}/{id}").json


def test_a_schedule_is_told_to_reports_and_shown(api: Api, tx: Any, tell: Deliver) -> None:
    answer = add(api)
    made = answer.json
    assert (answer.status, answer.headers["Location"]) == (201, f"{PATH}/{made['id']}")
    assert answer.headers["ETag"] == '"1"'
    [said] = sent(tx, SetSchedule)
    assert (str(said.schedule_id), said.account) == (made["id"], "tests")
    assert said.timing.model_dump() == {
        "cron": "0 8 * * 1-5",
        "every": None,
        "at": None,
        "zone": "Europe/Berlin",
    }
    assert {name: made[name] for name in NEW_SCHEDULE} == NEW_SCHEDULE
    due = datetime.fromisoformat(made["next_due_at"])
    assert due > datetime.now(UTC)
    assert (made["state"], made["last_run"], made["confirmed"]) == ("active", None, False)

    tell(changed(said, next_due_at=due))
    assert api.get(f"{PATH}/{said.schedule_id}").json == made | {"confirmed": True}
    assert api.get(PATH).json == {"schedules": [made | {"confirmed": True}]}


def test_a_run_is_shown_and_the_latest_one_stays(api: Api, tx: Any, tell: Deliver) -> None:
    add(api)
    [said] = sent(tx, SetSchedule)
    at = said.said_at + timedelta(days=1)
    first, second = fired(said, at), fired(said, at + timedelta(days=1))
    tell(second, first, second)
    told = shown(api, said.schedule_id)
    assert told["last_run"]["report_id"] == str(second.report_id)
    assert datetime.fromisoformat(told["next_due_at"]) == second.next_due_at


def test_a_number_is_a_number(api: Api, tx: Any) -> None:
    made = add(api, "cron", at="2030-01-01T08:00:00Z", every=3600.0)
    assert (made.status, made.json["every"]) == (201, 3600)


def test_once_ends(api: Api, tx: Any, tell: Deliver) -> None:
    add(api, "cron", "zone", at="2030-01-01T08:00:00Z")
    [said] = sent(tx, SetSchedule)
    assert said.timing.zone == "UTC"
    tell(fired(said, datetime(2030, 1, 1, 8, tzinfo=UTC), next_due_at=None))
    told = shown(api, said.schedule_id)
    assert (told["state"], told["next_due_at"]) == ("ended", None)


def test_it_is_paused_resumed_and_run(api: Api, tx: Any) -> None:
    path = add(api).headers["Location"]
    paused = api.post(f"{path}/pause")
    assert (paused.json["state"], paused.json["next_due_at"]) == ("paused", None)
    assert paused.headers["ETag"] == '"2"'
    assert api.post(f"{path}/pause").json == paused.json
    ran = api.post(f"{path}/run")
    assert (ran.status, ran.json) == (202, paused.json)
    resumed = api.post(f"{path}/resume")
    assert (resumed.json["state"], resumed.headers["ETag"]) == ("active", '"3"')
    said = sent(tx, SetSchedule)
    assert [word.paused for word in said] == [False, True, False]
    assert said[0].said_at < said[1].said_at < said[2].said_at
    [asked] = sent(tx, RunScheduleNow)
    assert (asked.schedule_id, asked.account) == (said[0].schedule_id, "tests")


def test_it_is_removed_for_good(api: Api, tx: Any, tell: Deliver) -> None:
    path = add(api).headers["Location"]
    [said] = sent(tx, SetSchedule)
    assert api.request("DELETE", path).status == 204
    [word] = sent(tx, RemoveSchedule)
    assert (word.schedule_id, word.account) == (said.schedule_id, "tests")
    later = said.model_copy(update={"said_at": said.said_at + LATER})
    tell(changed(said), fired(said, said.said_at + LATER), changed(later))
    api.get(path).problem(404)
    assert api.get(PATH).json == {"schedules": []}
    for method, what in (("DELETE", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/run")):
        problem = api.request(method, path + what).problem(404)
        assert problem["title"] == "There is no such schedule."


def test_what_operators_make_for_an_account_is_shown_to_it(api: Api, tx: Any, tell: Deliver) -> None:
    mine, others, all = (a_schedule(account=account) for account in ("tests", "eve", None))
    tell(*(changed(each, next_due_at=each.said_at) for each in (mine, others, all)))
    [seen] = api.get(PATH).json["schedules"]
    assert (seen["id"], seen["confirmed"], seen["version"]) == (str(mine.schedule_id), True, 1)
    api.get(f"{PATH}/{others.schedule_id}").problem(404)

    gone = ScheduleRemoved(schedule_id=mine.schedule_id, account="tests", removed_at=mine.said_at)
    tell(gone, changed(mine))
    assert api.get(PATH).json == {"schedules": []}
    never_heard_of = a_schedule(account="tests")
    tell(ScheduleRemoved(schedule_id=never_heard_of.schedule_id, account="tests", removed_at=mine.said_at))
    tell(changed(never_heard_of))
    assert api.get(PATH).json == {"schedules": []}


def test_the_latest_word_holds_in_whatever_order_they_are_told(api: Api, tx: Any, tell: Deliver) -> None:
    for order in permutations(range(3)):
        said = a_schedule(account="tests")
        words = [
            said.model_copy(update={"name": str(n), "said_at": said.said_at + n * LATER}) for n in range(3)
        ]
        tell(*(changed(words[n]) for n in [*order, *order]))
        assert shown(api, said.schedule_id)["name"] == "2"


def test_what_reports_tells_late_does_not_undo_what_was_said_here(api: Api, tx: Any, tell: Deliver) -> None:
    path = add(api).headers["Location"]
    api.post(f"{path}/pause")
    first, second = sent(tx, SetSchedule)
    tell(changed(first, next_due_at=first.said_at))
    told = api.get(path).json
    assert (told["state"], told["next_due_at"], told["confirmed"]) == ("paused", None, False)
    tell(changed(second))
    assert api.get(path).json["confirmed"]


def test_a_change_is_made_to_the_version_that_is_meant(api: Api) -> None:
    path = add(api).headers["Location"]
    api.post(f"{path}/pause", **{"If-Match": '"1"'})
    problem = api.post(f"{path}/resume", **{"If-Match": '"1"'}).problem(412)
    assert (problem["version"], problem["title"]) == (2, "The schedule has changed since you read it.")
    api.post(f"{path}/run", **{"If-Match": '"1"'}).problem(412)
    api.request("DELETE", path, headers={"If-Match": '"1"'}).problem(412)
    assert api.request("DELETE", path, headers={"If-Match": '"7", "2"'}).status == 204


def test_who_asks_again_is_told_the_same(api: Api, tx: Any) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first, again = api.post(PATH, NEW_SCHEDULE, **key), api.post(PATH, NEW_SCHEDULE, **key)
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert len(sent(tx, SetSchedule)) == 1
    run = {"Idempotency-Key": str(uuid4())}
    for _ in range(2):
        assert api.post(f"{first.headers['Location']}/run", **run).status == 202
    assert len(sent(tx, RunScheduleNow)) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"zone": "Europe/Berling"}, "'Europe/Berling' is no time zone"),
        ({"cron": "0 8 * * * 9"}, "is no crontab"),
        ({"cron": "0 8 30 2 *"}, "never falls due"),
        ({"cron": None}, "Say when in one way"),
        ({"every": 3600}, "Say when in one way"),
        ({"cron": None, "every": 3600}, "Say when in one way"),
        ({"cron": None, "at": "2020-01-01T08:00:00Z"}, "2020-01-01 08:00:00 +0000 is over: it is 20"),
    ],
)
def test_what_never_falls_due_is_refused(api: Api, tx: Any, changes: dict[str, Any], why: str) -> None:
    problem = add(api, **changes).problem(422)
    assert problem["type"] == "/problems/never-due"
    assert why in problem["title"]
    assert sent(tx, SetSchedule) == []
    assert api.get(PATH).json == {"schedules": []}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"every": 59}, "/every"),
        ({"every": "60"}, "/every"),
        ({"at": "2030-01-01"}, "/at"),
        ({"kind": "gossip"}, "/kind"),
        ({"kind": "operations"}, "/kind"),
        ({"period": "tomorrow"}, "/period"),
        ({"recipients": []}, "/recipients"),
        ({"recipients": [{"email": "mary", "name": "Mary"}]}, "/recipients/0/email"),
        ({"recipients": [{"email": "mary@example.com", "name": "Mary"}] * 21}, "/recipients"),
        ({"by": "pigeon"}, "/by"),
        ({"missed": "never"}, "/missed"),
        ({"paused": "yes"}, "/paused"),
        ({"account": "eve"}, "/account"),
    ],
)
def test_what_does_not_fit_is_pointed_at(api: Api, changes: dict[str, Any], pointer: str) -> None:
    problem = add(api, **changes).problem(422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_an_account_has_so_many_schedules_and_no_more(api: Api, tx: Any, tell: Deliver) -> None:
    tell(*(changed(a_schedule(account="tests")) for _ in range(MOST_SCHEDULES - 1)))
    assert add(api).status == 201
    assert add(api).problem(409)["type"] == "/problems/too-many-schedules"


def test_a_key_needs_the_scope(api: Api, url: str) -> None:
    key = new_key(url, scopes=[scope for scope in Scope if scope is not Scope.SCHEDULES])
    problem = api.get(PATH, Authorization=f"Bearer {key}").problem(403)
    assert problem["scope"] == "schedules"
