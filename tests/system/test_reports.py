"""A report through the whole mesh: asked for at the API, made in parts by another service, mailed by a third
or fetched at the API."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from commands import run
from programs import eventually, frozen

from .conftest import Mesh, order

TODAY = datetime.now(UTC).date()
WISH: dict[str, Any] = {
    "kind": "daily_sales",
    "first_day": str(TODAY),
    "last_day": str(TODAY + timedelta(days=1)),  # the test may run at midnight
}


def job(mesh: Mesh, wish: dict[str, Any]) -> dict[str, Any]:
    """When it has ended."""
    status, asked = mesh.post(wish, "/v1/reports")
    assert status == 202
    return ended(mesh, asked["id"])


def ended(mesh: Mesh, id: str) -> dict[str, Any]:
    ends = ("SUCCESS", "FAILURE", "REVOKED")
    eventually(lambda: mesh.get(f"/v1/jobs/{id}")[1]["state"] in ends, "the job has ended")
    return mesh.get(f"/v1/jobs/{id}")[1]


def test_a_report_is_made_and_fetched(mesh: Mesh) -> None:
    placed = [mesh.post(order(f"{number}@example.com"))[1]["id"] for number in range(3)]
    eventually(lambda: set(placed) <= mesh.done(), "each service has done its part")
    done = job(mesh, WISH)
    assert done["state"] == "SUCCESS"
    status, report = mesh.get(done["result"]["file"])
    assert status == 200
    [total] = report["totals"]
    assert total == {"currency": "EUR", "orders": 3, "items": 6, "revenue": 3 * 2598}


def test_reports_are_made_though_everything_is_killed(mesh: Mesh) -> None:
    ids = []
    for number in range(30):
        status, asked = mesh.post(WISH, "/v1/reports")
        assert status == 202
        ids.append(asked["id"])
        if number % 5 == 2:
            for name in ("orders relay", "reports worker", "reports relay", "orders worker"):
                mesh.programs[name].kill()
                mesh.programs[name].start()
    assert {ended(mesh, id)["state"] for id in ids} == {"SUCCESS"}
    [(made,)] = mesh.query("orders", "SELECT count(*) FROM events WHERE type = 'report.made'")
    assert made == 30


def test_its_parts_are_shown_at_its_job(mesh: Mesh) -> None:
    done = job(mesh, WISH)
    assert done["progress"] == {"done": 5, "total": 5}
    assert [part["name"] for part in done["parts"]] == [None, "days", "hours", "products", "countries"]


def test_mails_with_it_go_out_once_though_everything_is_killed(mesh: Mesh) -> None:
    def reports(*arguments: str) -> str:
        code, output, errors = run("reports", "schedule", *arguments, **mesh.told("reports"))
        assert code == 0, errors
        return output

    people = ("mary@shop.example", "ivan@shop.example")
    to = [option for each in people for option in ("--send-to", each)]
    id = reports("add", "Sales", "--every", "365d", "--format", "pdf", *to).split()[0]
    for number in range(12):
        reports("run", id)
        if number % 4 == 2:
            for name in ("reports worker", "emails worker", "reports relay", "emails relay"):
                mesh.programs[name].kill()
                mesh.programs[name].start()
    eventually(lambda: len(mesh.mails()) >= 24, "all mails are there", 300)
    assert Counter(mesh.mails()) == dict.fromkeys(people, 12)
    assert mesh.query("reports", "SELECT count(*) FROM asked_reports WHERE made_at IS NULL") == [(0,)]


def test_statements_of_all_customers_go_out_once_though_everything_is_killed(mesh: Mesh) -> None:
    people = [f"{number}@example.com" for number in range(60)]
    placed = {mesh.post(order(email))[1]["id"] for email in people}
    eventually(lambda: placed <= mesh.done(), "each service has done its part", 180)
    receipts = Counter(mesh.mails())
    _, asked = mesh.post(WISH | {"kind": "customer_statements", "each_by": "attachment"}, "/v1/reports")
    for _ in range(3):
        for name in ("reports worker", "emails worker", "reports relay"):
            mesh.programs[name].kill()
            mesh.programs[name].start()
        mesh.programs["reports worker"].ready()
    done = ended(mesh, asked["id"])
    assert (done["state"], done["progress"]) == ("SUCCESS", {"done": 7, "total": 7})
    assert done["result"]["media_type"] == "application/zip"
    eventually(lambda: len(mesh.mails()) >= 120, "all mails are there", 180)
    assert Counter(mesh.mails()) - receipts == dict.fromkeys(people, 1)


def test_what_broke_is_mended_and_goes_on(mesh: Mesh) -> None:
    wish = WISH | {"kind": "customer_statement", "customer": "ada@example.com"}
    stuck = job(mesh, wish)
    assert stuck["state"] == "FAILURE"
    assert [(part["name"], part["state"]) for part in stuck["parts"]][1:] == [("accounts", "FAILURE")]
    told = mesh.told("reports")
    eventually(lambda: stuck["id"] in run("reports", "report", "list", "--broken", **told)[1], "it is listed")
    assert "broken: accounts" in run("reports", "report", "show", stuck["id"], **told)[1]

    mesh.post(order("ada@example.com"))
    eventually(lambda: mesh.query("reports", "SELECT 1 FROM customers"), "she is known now")
    [(letter,)] = mesh.query("reports", "SELECT id FROM dead_letters")
    assert run("reports", "dead-letters", "replay", str(letter), **told)[0] == 0
    assert run("reports", "report", "resume", stuck["id"], **told)[0] == 0
    eventually(lambda: mesh.get(f"/v1/jobs/{stuck['id']}")[1]["state"] == "SUCCESS", "it is made")


def test_one_that_is_called_off_is_not_begun_any_more(mesh: Mesh) -> None:
    with frozen(mesh.programs["reports worker"].pid):
        _, asked = mesh.post(WISH, "/v1/reports")
        eventually(lambda: not mesh.query("orders", "SELECT FROM outbox"), "the broker has it")
        assert mesh.delete(f"/v1/jobs/{asked['id']}")[1]["state"] == "REVOKED"
        eventually(lambda: not mesh.query("orders", "SELECT FROM outbox"), "it has this, too")
    eventually(lambda: mesh.query("reports", "SELECT FROM revoked_reports"), "reports has heard of it")
    done = job(mesh, WISH)  # behind it
    assert done["state"] == "SUCCESS"
    assert mesh.get(f"/v1/jobs/{asked['id']}")[1]["state"] == "REVOKED"
    assert mesh.get(f"/v1/reports/{asked['id']}/file")[0] == 409
