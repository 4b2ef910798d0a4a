"""What the mesh consists of."""

import pytest

from embedded.mesh import STREAMS, shipped


@pytest.mark.parametrize(
    ("broker", "schedules", "beats"),
    [
        (STREAMS, "", True),  # the embedded one, which has no address yet
        ("streams+redis://broker:6379/0", "", True),
        ("amqp://broker:5672/", "", False),
        ("amqp://broker:5672/", "redis://elsewhere:6379/0", True),
    ],
)
def test_there_is_a_beat_where_beats_can_agree_who_is_at_work(
    broker: str, schedules: str, *, beats: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEDULES_URL", schedules)
    [reports] = [service for service in shipped(broker) if service.name == "reports"]
    assert ("beat" in reports.roles) is beats
