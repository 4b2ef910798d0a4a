"""A client's endpoint, while what sends there is killed and the endpoint itself is away."""

from collections import Counter

from programs import eventually
from receiver import Receiver

from .conftest import Mesh, order

ORDERS = 100


def test_whatever_is_killed_each_event_comes(mesh: Mesh) -> None:
    webhooks = mesh.programs["orders webhooks"]
    with Receiver() as receiver:
        _, webhook = mesh.post({"url": receiver.url}, "/v1/webhooks")
        accepted = []
        for number in range(ORDERS):
            if number % 25 == 10:  # with some on their way
                eventually(lambda: receiver.received, "it sends")
                webhooks.kill()
                webhooks.start()
            if number == ORDERS // 2:
                receiver.answers(500)
            accepted.append(mesh.post(order(f"{number}@example.com"))[1]["id"])
        receiver.answers(200)
        taken = eventually(lambda: _complete(mesh), "all are settled", 120)
        # What was sent and not yet written down when its process died has come twice, under the same id.
        ids = Counter(each.id for each in receiver.received)
        told = {each.id: each.verified(webhook["secret"])["data"]["order_id"] for each in receiver.received}
    assert sorted(told.values()) == sorted(accepted)
    assert set(ids) == taken


def _complete(mesh: Mesh) -> set[str]:
    """The events that were taken, once these are all; what failed is not waited for, as an hour passes."""
    with_pause = "UPDATE deliveries SET due_at = now() WHERE state = 'pending' AND failures > 0 RETURNING 1"
    mesh.query("orders", with_pause)
    rows = mesh.query("orders", "SELECT event_id, state FROM deliveries")
    return {id for id, _ in rows} if len(rows) == ORDERS and all(s == "succeeded" for _, s in rows) else set()
