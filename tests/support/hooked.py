"""Webhooks as their account sees them, and as time passes for them."""

from collections.abc import Callable
from typing import Any

from api import Api
from programs import eventually

Register = Callable[..., Any]
"""Makes a webhook that leads to the test's receiver: its document."""


def path(webhook: Any, *more: str) -> str:
    return "/".join(["/v1/webhooks", webhook["id"], *more])


def deliveries(api: Api, webhook: Any, query: str = "") -> list[Any]:
    return list(api.get(path(webhook, "deliveries") + query).json["deliveries"])


def settled(api: Api, webhook: Any, state: str = "succeeded") -> list[Any]:
    """The deliveries, when all there are have come to that."""

    def all_settled() -> list[Any]:
        found = deliveries(api, webhook)
        return found if found and all(each["state"] == state for each in found) else []

    return list(eventually(all_settled, f"all are {state}"))


def tried(api: Api, webhook: Any, times: int) -> None:
    """Wait until the one delivery was."""
    eventually(lambda: [len(d["attempts"]) for d in deliveries(api, webhook)] == [times], f"{times} attempts")


def due_now(tx: Any) -> None:
    """Time passes."""
    tx.execute("UPDATE deliveries SET due_at = now() WHERE state = 'pending'")


def states(tx: Any) -> dict[str, int]:
    """How many deliveries are in each state."""
    return dict(tx.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
