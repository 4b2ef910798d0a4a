"""One of each document, to look at: in the description, and so in `/docs` and in the reference."""

import json
from collections.abc import Callable
from typing import Any

Example = dict[str, Any]

CUSTOMER: Example = {"email": "ada@example.com", "name": "Ada Lovelace", "locale": "en", "country": "GB"}
LINE: Example = {"sku": "TEA-100", "name": "Earl Grey, 100 g", "quantity": 2, "unit_price": 1299}
NEW_ORDER: Example = {
    "customer": CUSTOMER,
    "currency": "EUR",
    "lines": [LINE],
    "metadata": {"shop": "lisbon"},
}
SHIPMENT: Example = {"carrier": "DHL", "tracking": "JJD0099990000001"}
CANCELLATION: Example = {"reason": "ordered twice"}
REFUND: Example = {"amount": 1299, "reason": "one was broken"}
NOTE: Example = {"text": "Please ring twice.", "for_customer": False}

ORDER: Example = {
    "id": "01a200c9-9702-7958-af9a-e62fda0d58b0",
    "status": "placed",
    "version": 1,
    "placed_at": "2026-11-22T01:05:41.122000Z",
    "expires_at": "2026-11-22T01:35:41.122000Z",
    "changed_at": None,
    **NEW_ORDER,
    "total": 2598,
    "refunded": 0,
    "receipt_sent_at": None,
}
PAID: Example = ORDER | {
    "status": "paid",
    "version": 2,
    "expires_at": None,
    "changed_at": "2026-11-22T01:07:12.501337Z",
    "receipt_sent_at": "2026-11-22T01:05:41.191896Z",
}
SHIPPED = PAID | {"status": "shipped", "version": 3, "changed_at": "2026-11-22T09:12:30.071415Z"}
DELIVERED = SHIPPED | {"status": "delivered", "version": 4, "changed_at": "2026-11-23T10:44:02.926535Z"}
ORDER_PAGE: Example = {
    "orders": [PAID],
    "newer": None,
    "older": "/v1/orders?status=paid&after=01a200c9-9702-7958-af9a-e62fda0d58b0",
}
ENTRY: Example = {"at": "2026-11-22T01:05:41.191896Z", "service": "emails", "what": "receipt sent"}
TIMELINE: Example = {
    "order_id": ORDER["id"],
    "entries": [{"at": ORDER["placed_at"], "service": "orders", "what": "order placed"}, ENTRY],
}
FACTS: Example = {
    "order_id": ORDER["id"],
    **{name: SHIPPED[name] for name in ("status", "version", "currency", "total", "refunded")},
    **SHIPMENT,
}
EVENT: Example = {"type": "order.shipped", "timestamp": SHIPPED["changed_at"], "data": FACTS}
ENDPOINT_FACTS: Example = {
    "webhook_id": "01a20a4e-1f5e-7a55-8f0d-6f1f5f6b7a10",
    "why": "nothing was taken for 3 days",
}

WANTED: Example = {
    "url": "https://shop.example.com/events",
    "types": ["order.paid", "order.shipped"],
    "description": "the shop",
}
CHANGES: Example = {"enabled": True}
WEBHOOK: Example = {
    "id": ENDPOINT_FACTS["webhook_id"],
    **WANTED,
    "enabled": True,
    "failing_since": None,
    "disabled_why": None,
    "created_at": "2026-11-22T08:00:12.310775Z",
}
SECRET: Example = WEBHOOK | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
WEBHOOKS: Example = {"webhooks": [WEBHOOK]}
TRIED: Example = {"at": "2026-11-22T09:12:30.103118Z", "milliseconds": 84, "status": 204, "error": None}
SENT: Example = {
    "id": "01a20a91-6f1a-7c3e-9a55-1d0e7c1b2f40",
    "event_id": "7312-204",
    "type": EVENT["type"],
    "state": "succeeded",
    "due_at": None,
    "attempts": [TRIED],
    "body": json.dumps(EVENT, separators=(",", ":")),
}
DELIVERIES: Example = {"deliveries": [SENT], "older": None}
PART: Example = {"number": 1, "name": None, "state": "SUCCESS", "total": 3, "failed": 1}
PROGRESS: Example = {"done": 3, "total": 3}
IMPORT_RESULT: Example = {
    "placed": 2,
    "failed": 1,
    "errors": "/v1/imports/01a20ab3-0c11-7a90-b6a1-5f0d8c9e7721/errors",
}
JOB: Example = {
    "id": "01a20ab3-0c11-7a90-b6a1-5f0d8c9e7721",
    "kind": "import",
    "state": "SUCCESS",
    "progress": PROGRESS,
    "parts": [PART],
    "result": IMPORT_RESULT,
    "problem": None,
    "created_at": "2026-11-22T10:00:01.270511Z",
    "ended_at": "2026-11-22T10:00:01.733906Z",
}
JOB_PROBLEM: Example = {
    "type": "/problems/job-stuck",
    "title": "A part of it failed too often. It is kept, and goes on as soon as an operator has repaired it.",
}
NEW_REPORT: Example = {
    "kind": "daily_sales",
    "format": "csv",
    "first_day": "2026-11-01",
    "last_day": "2026-11-30",
}
_FILE: Example = {
    "name": "daily-sales-2026-11-01-2026-11-30.csv",
    "media_type": "text/csv",
    "size": 1180,
}
REPORT_RESULT: Example = {"file": "/v1/reports/01a20ac0-77aa-7d10-9d3f-0b8b6a1c5e90/file", **_FILE}
REPORT_FACTS: Example = {"job_id": "01a20ac0-77aa-7d10-9d3f-0b8b6a1c5e90", **_FILE}
READER: Example = {"email": "mary@shop.example.com", "name": "Mary", "locale": "en"}
_TIMES: Example = {"cron": "0 8 * * 1-5", "every": None, "at": None, "zone": "Europe/Berlin"}
_PLAN: Example = {
    "kind": "daily_sales",
    "format": "csv",
    "period": "yesterday",
    "locale": "en",
    "recipients": [READER],
    "by": "attachment",
    "missed": "once",
}
NEW_SCHEDULE: Example = {
    "name": "Sales for Mary",
    "cron": _TIMES["cron"],
    "zone": _TIMES["zone"],
    **_PLAN,
}
RUN: Example = {
    "due_at": "2026-11-20T07:00:00Z",
    "fired_at": "2026-11-20T07:00:00.412887Z",
    "report_id": "6c1b9f0e-6d2c-5b0b-9a54-0a4f1f7f8c11",
}
SCHEDULE: Example = {
    "id": "01a20b02-6d4e-7c0b-8a35-0e1d4b7a6f22",
    "version": 1,
    "state": "active",
    "name": NEW_SCHEDULE["name"],
    **_TIMES,
    **_PLAN,
    "customer": None,
    "each_by": None,
    "next_due_at": "2026-11-23T07:00:00Z",
    "last_run": RUN,
    "confirmed": True,
    "created_at": "2026-11-18T15:20:41.116204Z",
}
SCHEDULES: Example = {"schedules": [SCHEDULE]}
PREFERENCE: Example = {
    "email": CUSTOMER["email"],
    "kind": "newsletter",
    "channel": "email",
    "wanted": False,
}
CHOICE: Example = {"List-Unsubscribe": "One-Click"}
PUSH_KEY: Example = {
    "public_key": "BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo"
}
BROWSER_KEYS: Example = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
OLD_BROWSER: Example = {"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABoX"}
NEW_BROWSER: Example = {"email": CUSTOMER["email"], **OLD_BROWSER, "keys": BROWSER_KEYS}
FAULT: Example = {"pointer": "/lines/0/quantity", "detail": "Input should be greater than or equal to 1"}
LINE_FAULTS: Example = {"line": 3, "errors": [FAULT]}
TAKEN = {
    "application/x-ndjson": "".join(f"{json.dumps(NEW_ORDER | {'currency': of})}\n" for of in ("EUR", "USD")),
    "text/csv": """\
order,customer_email,customer_name,currency,sku,name,quantity,unit_price,metadata.shop
1,ada@example.com,Ada Lovelace,EUR,TEA-100,"Earl Grey, 100 g",2,1299,lisbon
1,ada@example.com,Ada Lovelace,EUR,MUG,Mug,1,1450,lisbon
2,grace@example.com,Grace Hopper,USD,TEA-100,"Earl Grey, 100 g",1,1399,boston
""",
}
"""What is sent by media type, where it is no JSON."""
IMPORT_FACTS: Example = {"job_id": JOB["id"], "placed": 2, "failed": 1}

ANSWERS: dict[str, Example] = {
    "get_order": PAID,
    "pay_order": PAID,
    "ship_order": SHIPPED,
    "deliver_order": DELIVERED,
    "cancel_order": PAID | {"status": "cancelled"},
    "refund_order": DELIVERED | {"version": 5, "refunded": REFUND["amount"]},
    "import_orders": JOB
    | {
        "state": "PENDING",
        "progress": {"done": 0, "total": 3},
        "parts": [PART | {"state": "PENDING", "failed": 0}],
        "result": None,
        "ended_at": None,
    },
    "make_report": JOB
    | {
        "id": REPORT_FACTS["job_id"],
        "kind": "report",
        "state": "PENDING",
        "progress": {"done": 0, "total": 1},
        "parts": [PART | {"state": "PENDING", "total": 1, "failed": 0}],
        "result": None,
        "ended_at": None,
    },
    "add_schedule": SCHEDULE | {"last_run": None, "confirmed": False},
    "pause_schedule": SCHEDULE | {"version": 2, "state": "paused", "next_due_at": None, "confirmed": False},
    "resume_schedule": SCHEDULE | {"version": 3, "confirmed": False},
    "add_note": PAID | {"version": 3},
}
"""What an operation answers, where its document's own example would tell another story."""


def example(document: Example) -> Example:
    """For a document's `json_schema_extra`."""
    return {"examples": [document]}


def of_changes(document: Example) -> Callable[[Example], None]:
    """The same for changes, without defaults: nothing is set to what stands in for what is left out."""

    def extend(schema: Example) -> None:
        schema |= example(document)
        for field in schema["properties"].values():
            field.pop("default", None)

    return extend
