"""Many orders at once: a stream in, a job that can be followed, and what was wrong line by line."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from api import Answer, Api, new_key
from documents import order
from streams import following

from contracts.orders import ImportPart, OrderPlaced
from mesh import Database, testing
from mesh.database import connect
from mesh.testing import sent
from orders.api import chores, imports
from orders.documents import NewOrder
from orders.store import jobs
from orders.tasks import consumer
from orders.usecases import importing
from orders.wiring import Deps

Deliver = Callable[..., None]
DEPS = Deps(timedelta(minutes=30))
CSV = """\
order,customer_email,customer_name,customer_locale,currency,sku,name,quantity,unit_price,metadata.shop
1,ada@example.com,Ada Lovelace,en,EUR,T-1,"Tea, black",2,450,berlin
1,ada@example.com,Ada Lovelace,en,EUR,M-1,"Mug ""A"" it is",1,1450,berlin
2,grace@example.com,Grace Hopper,,USD,T-1,Tea,1,500,
"""


@pytest.fixture
def work(database: Database, tx: Any) -> Deliver:
    """A worker's: takes what the outbox holds for it, once, and so many at the most."""

    def work(most: int = 1000) -> None:
        for message in list(sent(tx, ImportPart))[:most]:
            leaves(tx, message)
            testing.deliver(consumer, database, DEPS, message)

    return work


def leaves(tx: Any, message: ImportPart) -> None:
    """The relay takes it away."""
    id = importing.message_id(message.job_id, message.part)
    tx.execute("DELETE FROM outbox WHERE message_id = %s", (id,))


def send(api: Api, body: str | bytes, type: str = imports.NDJSON, **headers: str) -> Answer:
    return api.request("POST", "/v1/imports", data=body, headers={"Content-Type": type} | headers)


def lines(*documents: Any) -> str:
    return "".join(each if isinstance(each, str) else f"{json.dumps(each)}\n" for each in documents)


def parts(tx: Any) -> int:
    [(found,)] = tx.execute("SELECT count(*) FROM job_parts")
    return int(found)


def orders(tx: Any) -> int:
    [(found,)] = tx.execute("SELECT count(*) FROM orders").fetchall()
    return int(found)


def errors(api: Api, job: Any) -> list[Any]:
    answer = api.get(f"/v1/imports/{job['id']}/errors")
    assert (answer.status, answer.headers["Content-Type"]) == (200, imports.NDJSON)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_many_orders_are_placed_by_a_job(api: Api, tx: Any, work: Deliver) -> None:
    answer = send(api, lines(*(order(metadata={"n": str(n)}) for n in range(450))))
    assert answer.status == 202
    at = answer.headers["Location"]
    job = api.get(at).json
    assert answer.json == job
    assert (job["state"], job["progress"], job["result"]) == ("PENDING", {"done": 0, "total": 450}, None)
    assert [(part["number"], part["total"], part["state"]) for part in job["parts"]] == [
        (1, 200, "PENDING"),
        (2, 200, "PENDING"),
        (3, 50, "PENDING"),
    ]
    assert orders(tx) == 0
    work(1)
    assert (api.get(at).json["state"], api.get(at).json["progress"]["done"]) == ("PROGRESS", 200)
    with following(api, "/v1/events?type=import.ended") as stream:
        work()
        [told] = stream.next(1)
    job = api.get(at).json
    assert (job["state"], job["result"]) == ("SUCCESS", {"placed": 450, "failed": 0, "errors": None})
    assert job["ended_at"]
    assert told.document["data"] == {"job_id": job["id"], "placed": 450, "failed": 0}
    assert (orders(tx), len(sent(tx, OrderPlaced))) == (450, 450)
    assert len(api.get("/v1/orders?metadata[n]=17").json["orders"]) == 1
    [(events,)] = tx.execute("SELECT count(*) FROM events WHERE type = 'order.placed'").fetchall()
    assert events == 450


def test_its_end_is_told_behind_all_its_orders(api: Api, tx: Any, work: Deliver, url: str) -> None:
    """Though the part that was last to end was the first to begin."""
    job = send(api, lines(*(order() for _ in range(201)))).json
    with following(api, "/v1/events") as stream, connect(url, "tests") as slow:
        with slow.transaction():
            slow.execute("SELECT pg_current_xact_id()")
            work(1)
            last = {"read": NewOrder.order_of, "patience": DEPS.patience}
            importing.place_part(UUID(job["id"]), 2, slow, **last)
        told = [told.type for told in stream.next(202)]
    assert told == ["order.placed"] * 201 + ["import.ended"]


def test_what_does_not_fit_is_told_line_by_line(api: Api, tx: Any, work: Deliver) -> None:
    large = order(lines=[{"sku": "x" * 200, "name": "y" * 200, "quantity": 1, "unit_price": 1}] * 100)
    job = send(
        api,
        lines(order(), "{\n", "\n", order(currency="euro"), order(metadata={"a" * 41: ""}), order())
        + '{"currency": "EUR", "currency": "USD"}\n'
        + json.dumps(large),
    ).json
    work()
    shown = api.get(f"/v1/jobs/{job['id']}").json
    assert shown["result"]["placed"] == 2 + (orders(tx) - 2)
    found = errors(api, job)
    assert [each["line"] for each in found][:4] == [2, 4, 5, 7]
    assert found[0]["errors"] == [{"pointer": "", "detail": "The body is not JSON."}]
    assert found[1]["errors"][0]["pointer"] == "/currency"
    assert found[3]["errors"][0]["detail"] == "The document says 'currency' twice."
    assert shown["result"]["failed"] == len(found)
    assert shown["result"]["errors"] == f"/v1/imports/{job['id']}/errors"


def test_a_table_of_orders(api: Api, tx: Any, work: Deliver) -> None:
    job = send(api, CSV, imports.CSV).json
    assert job["progress"]["total"] == 2
    work()
    second, first = api.get("/v1/orders").json["orders"]
    if first["currency"] == "USD":
        first, second = second, first
    assert [(line["name"], line["quantity"], line["unit_price"]) for line in first["lines"]] == [
        ("Tea, black", 2, 450),
        ('Mug "A" it is', 1, 1450),
    ]
    assert first["metadata"] == {"shop": "berlin"}
    assert (second["customer"]["email"], second["metadata"]) == ("grace@example.com", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sku,name\n", "it lacks currency, customer_email"),
        (CSV.replace("metadata.shop", "shop"), "There is no column 'shop'"),
        (CSV.replace("sku", "name"), "it lacks sku"),
    ],
)
def test_what_is_no_table_is_refused(api: Api, tx: Any, text: str, said: str) -> None:
    assert said in send(api, text, imports.CSV).problem(422)["title"]
    assert tx.execute("SELECT FROM jobs").fetchall() == []


def test_a_cell_too_many_is_told(api: Api, tx: Any, work: Deliver) -> None:
    broken = '3,a@example.com,"A\nB",en,EUR,T-1,Tea,2,500,berlin\n'
    odd = "4,a@example.com,A,en,EUR,T-1,Tea,two,500,berlin,more\n"
    job = send(api, CSV + broken + odd, imports.CSV).json
    work()
    first, second = errors(api, job)
    assert (first["line"], [each["pointer"] for each in first["errors"]]) == (5, ["/customer/name"])
    assert (second["line"], {each["pointer"] for each in second["errors"]}) == (
        7,
        {"/lines/0/quantity", "/lines/0/"},
    )


def test_sent_again_it_is_imported_once(api: Api, tx: Any, work: Deliver) -> None:
    key = {"Idempotency-Key": "import-1"}
    body = lines(*(order() for _ in range(250)))
    first, again = send(api, body, **key), send(api, body, **key)
    assert (first.json["id"], again.headers["Idempotent-Replayed"]) == (again.json["id"], "true")
    send(api, body + lines(order()), **key).problem(422)
    work()
    assert orders(tx) == 250
    assert len(tx.execute("SELECT FROM jobs").fetchall()) == 1


def test_a_part_that_comes_again_is_placed_once(api: Api, tx: Any, work: Deliver, database: Database) -> None:
    job = send(api, lines(order())).json
    work()
    testing.deliver(consumer, database, DEPS, ImportPart(job_id=UUID(job["id"]), part=1))
    assert orders(tx) == 1


def test_called_off_nothing_more_is_done(api: Api, tx: Any, work: Deliver, database: Database) -> None:
    at = send(api, lines(*(order() for _ in range(450)))).headers["Location"]
    late = sent(tx, ImportPart)[-1]
    work(1)
    job = api.request("DELETE", at).json
    assert (job["state"], job["result"]["placed"]) == ("REVOKED", 200)
    assert [part["state"] for part in job["parts"]] == ["SUCCESS", "REVOKED", "REVOKED"]
    assert sent(tx, ImportPart) == []
    testing.deliver(consumer, database, DEPS, late)  # the broker had it
    assert orders(tx) == 200
    assert api.request("DELETE", at).problem(409)["type"] == "/problems/job-ended"


def test_a_part_that_fails_is_shown(api: Api, tx: Any) -> None:
    at = send(api, lines(*(order() for _ in range(201)))).headers["Location"]
    leaves(tx, sent(tx, ImportPart)[1])
    tx.execute("UPDATE outbox SET retries = 1 WHERE name = 'orders.import_part'")
    shown = api.get(at).json
    assert (shown["state"], [part["state"] for part in shown["parts"]]) == ("RETRY", ["RETRY", "STARTED"])


def test_too_many_are_refused_and_leave_nothing(api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST", 300)
    assert (
        send(api, lines(*(order() for _ in range(301)))).problem(413)["type"] == "/problems/import-too-large"
    )
    assert tx.execute("SELECT FROM jobs").fetchall() == []
    assert tx.execute("SELECT FROM job_parts").fetchall() == []


def test_a_line_without_an_end_is_refused(api: Api, tx: Any) -> None:
    send(api, "[" * 1_000_000).problem(413)
    for unclosed in ('"x', '"' + "x\n" * 10_000):
        assert "quote" in send(api, CSV + unclosed, imports.CSV).problem(422)["title"]
    assert tx.execute("SELECT FROM jobs").fetchall() == []


@pytest.mark.parametrize(
    "line", [b"\xff\xfe{}", b'{"currency": "\x00"}', b"\xed\xa0\x80", b"[" * 5000, b'"\\u0000"', b"null"]
)
def test_no_bytes_are_our_fault(api: Api, tx: Any, work: Deliver, line: bytes) -> None:
    job = send(api, line + b"\n" + lines(order()).encode()).json
    work()
    assert [each["line"] for each in errors(api, job)] == [1]
    assert orders(tx) == 1


def test_a_name_that_no_table_can_keep_is_told(api: Api, tx: Any, work: Deliver) -> None:
    job = send(api, '{"a\\u0000b": 1}\n{"\\u0000": 1, "\\u0000": 2}\n' + lines(order())).json
    work()
    assert [each["line"] for each in errors(api, job)] == [1, 2]
    assert orders(tx) == 1


def test_what_was_begun_is_not_dropped_when_its_answer_is_lost(api: Api, tx: Any, database: Database) -> None:
    job = send(api, lines(order())).json
    tx.execute(jobs._DROP, (job["id"],))
    assert api.get(f"/v1/jobs/{job['id']}").json["state"] == "PENDING"


def test_nothing_is_an_import_of_nothing(api: Api, tx: Any) -> None:
    send(api, "", **{"Content-Length": "0"})
    job = send(api, "\n\n").json
    assert (job["state"], job["result"]) == ("SUCCESS", {"placed": 0, "failed": 0, "errors": None})


def test_it_is_said_what_it_takes(api: Api, tx: Any) -> None:
    send(api, lines(order()), "application/json").problem(415)
    send(api, lines(order()), f"{imports.NDJSON}; charset=latin-1").problem(415)
    send(api, lines(order()), **{"Content-Encoding": "gzip"}).problem(415)


def test_jobs_of_others_are_not_there(api: Api, tx: Any, url: str) -> None:
    at = send(api, lines(order())).headers["Location"]
    theirs = {"Authorization": f"Bearer {new_key(url, 'others')}"}
    api.get(at, **theirs).problem(404)
    api.request("DELETE", at, headers=theirs).problem(404)
    api.get(at.replace("jobs", "imports") + "/errors", **theirs).problem(404)
    api.get("/v1/jobs/17").problem(404)


def test_who_hangs_up_half_way_imports_nothing_in_the_end(api: Api, tx: Any) -> None:
    """Its process ended too, so nobody dropped what had come: an hour later it is forgotten."""
    at = send(api, lines(order())).headers["Location"]
    tx.execute("UPDATE jobs SET total = NULL, parts_left = NULL, created_at = now() - interval '61 minutes'")
    api.run(chores.tidy(api.application))
    api.get(at).problem(404)
    assert parts(tx) == 0


def test_jobs_are_forgotten_after_a_month(api: Api, tx: Any, work: Deliver) -> None:
    old, young = (send(api, lines(*[order()] * 201)).headers["Location"] for _ in range(2))
    work()
    id = old.rpartition("/")[2]
    tx.execute("UPDATE jobs SET created_at = now() - interval '31 days' WHERE id = %s", (id,))
    api.run(chores.tidy(api.application))
    api.get(old).problem(404)
    assert api.get(young).json["state"] == "SUCCESS"
    assert parts(tx) == 2
