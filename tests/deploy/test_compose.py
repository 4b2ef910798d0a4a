"""What can be known of docker-compose.yml without Docker."""

import importlib
import re

import compose
import pytest

SERVICES = compose.services()
PROCESSES = [name for name in SERVICES if name.partition("-")[0] in compose.OURS]


def test_every_service_migrates_works_and_relays() -> None:
    wanted = {f"{name}-{role}" for name in compose.OURS for role in ("migrate", "worker", "relay")}
    assert set(PROCESSES) == wanted | {"orders-api", "orders-webhooks", "reports-beat", *LANES}


LANES = {
    "emails-worker": "default",
    "emails-worker-bulk": "bulk",
    "reports-worker": "default",
    "reports-worker-heavy": "heavy",
}
"""Workers of one lane: every lane that the service takes has one."""


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_runs_a_command_that_its_service_has(process: str) -> None:
    service, role, *_ = process.split("-")
    cli = importlib.import_module(f"{service}.main").cli
    lane = ["--lane", LANES[process]] if process in LANES else []
    assert compose.command(SERVICES[process]) == [role, *lane]
    assert role in cli.commands


def test_no_lane_is_without_a_worker() -> None:
    for service in compose.OURS:
        lanes = [lane for process, lane in LANES.items() if process.split("-")[0] == service]
        assert not lanes or lanes == importlib.import_module(f"{service}.main").service.consumer.lanes()


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_is_asked_for_its_own_health(process: str) -> None:
    service, role, *_ = process.split("-")
    if role == "migrate":
        assert "healthcheck: {disable: true}" in SERVICES[process]
        return
    (choices,) = importlib.import_module(f"{service}.main").cli.commands["health"].params
    assert compose.health_check(SERVICES[process]) == ["CMD", service, "health", role]
    assert role in choices.type.choices


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_can_write_nowhere_and_gain_nothing(process: str) -> None:
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
        assert line in SERVICES[process]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(PROCESSES)))
def test_a_server_has_a_health_check(name: str) -> None:
    assert compose.health_check(SERVICES[name])


def test_every_secret_comes_from_outside_and_has_no_default() -> None:
    secrets = re.findall(r"\$\{(\w*PASSWORD)(.*?)\}", compose.TEXT)
    assert secrets
    assert {rest for _, rest in secrets} == {":?run deploy/secrets"}
    assert not re.findall(r"://[^\s/]*:(?!\$\{)[^\s/]*@", compose.TEXT), "a URL with a written-down password"
    assert not re.findall(r"PASSWORD: (?!\$\{)", compose.TEXT)


def test_only_loopback_is_published_unless_told_otherwise() -> None:
    ports = re.findall(r"ports: \[(.*)\]", compose.TEXT)
    assert ports
    assert all(":-127.0.0.1:" in port for port in ports)
