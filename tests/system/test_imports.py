"""Many orders at once, while those who place them are killed."""

import json
import time

from programs import eventually

from .conftest import Mesh, order

ORDERS, PARTS = 2000, 10


def test_an_import_is_placed_once_whoever_is_killed(mesh: Mesh) -> None:
    body = "".join(json.dumps(order(f"{n}@example.com")) + "\n" for n in range(ORDERS)).encode()
    status, job = mesh.send("/v1/imports", body, "application/x-ndjson")
    assert status == 202
    kills = 0
    while (before := _done(mesh)) < PARTS or not kills:
        for name in ("orders worker", "orders relay"):
            time.sleep(0.5)
            mesh.programs[name].kill()
            mesh.programs[name].start()
            kills += 1
        eventually(lambda before=before: _done(mesh) > before or _done(mesh) == PARTS, "it goes on", 60)
    _, shown = mesh.get(f"/v1/jobs/{job['id']}")
    assert (shown["state"], shown["result"]) == ("SUCCESS", {"placed": ORDERS, "failed": 0, "errors": None})
    assert mesh.query("orders", "SELECT count(*), count(DISTINCT email) FROM orders") == [(ORDERS, ORDERS)]
    assert mesh.query("orders", "SELECT count(*) FROM events WHERE type = 'order.placed'") == [(ORDERS,)]


def _done(mesh: Mesh) -> int:
    [(parts,)] = mesh.query("orders", "SELECT count(*) FROM job_parts WHERE done_at IS NOT NULL")
    return int(parts)
