"""What the API has when it is asked: orders that came to each state, imports, webhooks."""

import json
from collections.abc import Callable, Mapping
from datetime import date

from meshwork_client import Meshwork
from meshwork_client.models import Customer, Line, Order, Reader, ReportFormat, ReportKind

_ADA = Customer(email="ada@example.com", name="Ada Lovelace")
_TEA = Line(sku="T-1", name="Tea", quantity=2, unit_price=450)
_STEPS: Mapping[str, Callable[[Meshwork, Order], object]] = {
    "pay": lambda api, order: api.pay_order(order.id),
    "ship": lambda api, order: api.ship_order(order.id, carrier="DHL", tracking="JD014"),
    "deliver": lambda api, order: api.deliver_order(order.id),
    "refund": lambda api, order: api.refund_order(order.id, reason="Cold tea"),
    "refund a part": lambda api, order: api.refund_order(order.id, amount=300),
    "note": lambda api, order: api.add_note(order.id, text="Sorry for\nthe tea.", for_customer=True),
    "cancel": lambda api, order: api.cancel_order(order.id, reason="ordered twice"),
}
_STORIES = [
    [],
    ["note"],
    ["pay"],
    ["pay", "ship"],
    ["pay", "ship", "deliver", "refund a part"],
    ["pay", "refund"],
    ["cancel"],
]
_TIMES = 4
"""Each goes on by what is asked of it, and the next who asks shall find one, too."""


def fill(url: str, key: str) -> dict[str, list[str]]:
    """For the account of that key. The ids of what there is then, by the collection that paths name."""
    with Meshwork(url, key) as api:
        webhooks = _webhooks(api)
        orders = [_order(api, number, story) for number, story in enumerate(_STORIES * _TIMES)]
        jobs, reports, schedules = _jobs(api), _reports(api), _schedules(api)
    ids = {"webhooks": webhooks, "orders": orders, "jobs": jobs + reports, "reports": reports}
    return ids | {"schedules": schedules}


def _order(api: Meshwork, number: int, story: list[str]) -> str:
    metadata = {"shop": "lisbon", "number": str(number)}
    order = api.place_order(customer=_ADA, currency="EUR", lines=[_TEA], metadata=metadata)
    for step in story:
        _STEPS[step](api, order)
    return str(order.id)


def _jobs(api: Meshwork) -> list[str]:
    """Imports with a line that does not fit; one of them is called off."""
    order = {"customer": _ADA.model_dump(), "currency": "EUR", "lines": [_TEA.model_dump()]}
    lines = "\n".join([json.dumps(order), json.dumps(order | {"currency": "euro"})])
    jobs = [api.import_orders(lines.encode(), content_type="application/x-ndjson") for _ in range(3)]
    api.revoke_job(jobs[0].id)
    return [str(job.id) for job in jobs]


def _reports(api: Meshwork) -> list[str]:
    days = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}
    jobs = [api.make_report(kind=ReportKind.DAILY_SALES, format=format, **days) for format in ReportFormat]
    return [str(job.id) for job in jobs]


def _schedules(api: Meshwork) -> list[str]:
    """One of them is paused."""
    said = {"kind": ReportKind.DAILY_SALES, "recipients": [Reader(email="mary@example.com", name="Mary")]}
    ids = [api.add_schedule(name=f"No. {n}", cron="0 8 * * *", **said).id for n in range(3)]
    api.pause_schedule(ids[0])
    return list(map(str, ids))


def _webhooks(api: Meshwork) -> list[str]:
    """One is disabled, and a delivery waits for the other: nobody sends it, it would leave this machine."""
    enabled, disabled = (api.register_webhook(url=f"https://shop.example/{n}", types=[]) for n in "12")
    api.change_webhook(disabled.id, enabled=False)
    api.replace_secret(enabled.id)
    api.test_webhook(enabled.id)
    return [str(enabled.id), str(disabled.id)]
