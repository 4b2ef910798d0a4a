"""A report through the whole mesh: asked for at the API, made by another service, and fetched at the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from programs import eventually

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
