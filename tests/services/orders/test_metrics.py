"""What /metrics says, and what it never says."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from api import Api, served
from documents import order

from orders.api.state import METRICS

REQUESTS = "orders_http_requests_total"


@pytest.fixture
def api(own_url: str) -> Iterator[Api]:
    """One that has counted nothing yet."""
    with served(own_url) as api:
        yield api


def value(api: Api, name: str, **labels: str) -> float:
    return api.application[METRICS].registry.get_sample_value(name, labels) or 0


def series(api: Api, name: str) -> set[tuple[str, ...]]:
    """The labels there are."""
    families = api.application[METRICS].registry.collect()
    samples = (sample for family in families for sample in family.samples if sample.name == name)
    return {tuple(value for _, value in sorted(sample.labels.items())) for sample in samples}


def test_requests_are_counted_by_operation_and_timed(api: Api) -> None:
    id = api.place(order()).json["id"]
    for _ in range(3):
        api.get(f"/v1/orders/{id}")
    api.post(f"/v1/orders/{id}/ship").problem(409)
    shown = {"operation": "/v1/orders/{id}", "method": "GET"}
    assert value(api, REQUESTS, status="200", **shown) == 3
    assert value(api, "orders_http_request_seconds_count", **shown) == 3
    assert 0 < value(api, "orders_http_request_seconds_sum", **shown) < math.inf
    assert value(api, REQUESTS, operation="/v1/orders/{id}/ship", method="POST", status="409") == 1


def test_clients_cannot_make_it_grow(api: Api) -> None:
    for number, method in enumerate(["PURGE", "MKCOL", "LOCK", "SEARCH"]):
        api.get(f"/v1/{number}").problem(404)
        api.request(method, "/v1/orders").problem(405)
        api.get(f"/v1/orders/{number}?status={number}").problem(404)
    assert series(api, REQUESTS) == {
        ("GET", "unknown", "404"),
        ("other", "unknown", "405"),
        ("GET", "/v1/orders/{id}", "404"),
    }


def test_orders_are_counted_once_and_with_whom_they_were_stored(api: Api) -> None:
    api.place_at_once(*(order() for _ in range(30)))
    api.place(order(), **{"Idempotency-Key": "one"})
    api.place(order(), **{"Idempotency-Key": "one"})
    assert value(api, "orders_placed_total") == 31
    assert value(api, "orders_placements_per_commit_sum") == 32
    assert 2 <= value(api, "orders_placements_per_commit_count") < 32


def test_what_is_not_committed_is_not_counted(api: Api, own_url: str) -> None:
    api.place({}).problem(422)
    assert value(api, "orders_placed_total") == 0
    assert value(api, "orders_placements_per_commit_count") == 0


def test_how_things_stand(api: Api) -> None:
    def names() -> set[str]:
        return {family.name for family in api.application[METRICS].registry.collect()}

    assert {"orders_event_loop_lag_seconds", "orders_database_waiting", "orders_build_info"} <= names()
    assert {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds"} <= names()
    assert value(api, "orders_database_connections_used") + value(api, "orders_database_connections_idle") > 0


def test_the_clients_port_does_not_show_them(api: Any) -> None:
    api.get("/metrics").problem(404)
