"""What schemathesis has to know of the orders API beyond its description, and a count of what it asked.

It loads this module (`hooks` in schemathesis.toml), in a process of its own.
"""

import atexit
import json
import os
import re
import sys
from collections import Counter, defaultdict, deque
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import requests
import schemathesis
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError
from schemathesis import Case, CheckContext, HookContext, Response

from contracts.message import Email
from contracts.reports import Delivery, ReportKind
from fuzzing.sent import DOCUMENTS, EMAILS, POINTS, URLS

_SILENCE = 0.1
"""Seconds without an event after which a stream is left: it would go on for ever."""
_KEY = re.compile(r"[ -~]{1,255}")
_LONGEST = 255

_FOLDER = Path(os.environ["FUZZING_FOLDER"])
_RECENT = 500
"""Ids of each collection that were made lately, and are asked for again."""

_asked: Counter[str] = Counter()
_known: dict[str, list[str]] = json.loads((_FOLDER / "known.json").read_text())
_made: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_RECENT))

for media, strategy in DOCUMENTS.items():
    schemathesis.openapi.media_type(media, strategy)
schemathesis.openapi.format("uri", URLS)
schemathesis.openapi.format("idn-email", EMAILS)
schemathesis.openapi.format("p256", POINTS)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Where documents are made as `sent` says, an example would have to be bytes, which JSON has not."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                if media in DOCUMENTS:
                    content.pop("example", None)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """In each phase: what no description can say of a request is put right."""
    kwargs["hooks"] = {"response": _leave_silence}
    _look_one_way(case)
    _end_in_time(case)
    _fall_due(case)
    _be_somebodys(case)
    _mean_something(case)
    _name_once(case)  # as it is by then


def _leave_silence(response: requests.Response, *_: Any, **__: Any) -> None:
    """An answer still may take as long as any."""
    if response.headers.get("Content-Type", "").startswith("text/event-stream"):
        response.raw.connection.sock.settimeout(_SILENCE)


def _look_one_way(case: Case) -> None:
    """A page lies after or before: both are 422, and a parameter cannot be described to forbid another."""
    if case.query and {"after", "before"} <= case.query.keys():
        del case.query["before"]


def _end_in_time(case: Case) -> None:
    """A report's last day is none before its first, and none a year later."""
    days = {"first_day", "last_day"}
    if (
        isinstance(case.body, dict)
        and days <= case.body.keys()
        and all(map(_is_day, map(case.body.get, days)))
    ):
        case.body["last_day"] = case.body["first_day"]


def _fall_due(case: Case) -> None:
    """A schedule says when in one way; what looks like a crontab, a zone or a time is none, or is over."""
    said = case.body
    if case.path != "/v1/schedules" or not isinstance(said, dict):
        return
    given = {name: said[name] for name in ("cron", "every", "at") if said.get(name) is not None}
    if not all(_TIMES[name](value) for name, value in given.items()):
        return
    if isinstance(said.get("zone"), str) and len(said["zone"]) <= _LONGEST_ZONE:
        said["zone"] = "Europe/Berlin"
    if "every" in given:
        said |= {"cron": None, "at": "2026-01-01T00:00:00Z"}
    elif "at" in given:
        said |= {"cron": None, "at": "2100-01-01T00:00:00Z"}
    else:
        said["cron"] = "30 2 * * *"


def _be_somebodys(case: Case) -> None:
    """A statement is of a customer, those of all may go to each, and no other report is or does."""
    said = case.body
    if not isinstance(said, dict) or said.get("kind") not in _KINDS or not _is_customer(said.get("customer")):
        return
    said["customer"] = "ada@example.com" if said["kind"] == "customer_statement" else None
    if said.get("each_by") in get_args(Delivery) and said["kind"] != "customer_statements":
        del said["each_by"]


def _is_customer(given: object) -> bool:
    try:
        _CUSTOMER.validate_python(given)
    except ValidationError:
        return False
    return True


_KINDS = get_args(ReportKind)
_CUSTOMER = TypeAdapter(Email | None)
_LONGEST_ZONE = 64
_TIMES = {
    "cron": lambda given: isinstance(given, str) and 9 <= len(given) <= 200,
    "every": lambda given: type(given) in (int, float) and given == int(given) and 60 <= given <= 366 * 86400,
    "at": lambda given: isinstance(given, str) and bool(_MOMENT.fullmatch(given)),
}
"""Whether each fits as it is described."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _is_day(given: object) -> bool:
    try:
        return isinstance(given, str) and bool(date.fromisoformat(given))
    except ValueError:
        return False


def _name_once(case: Case) -> None:
    """A key is of one request: another under it is 422. Each has its own, which comes again with it."""
    given = (case.headers or {}).get("Idempotency-Key")
    if isinstance(given, str) and _KEY.fullmatch(given):
        asked = repr((case.method, case.path, case.path_parameters, case.query, case.body))
        case.headers["Idempotency-Key"] = f"{given}{sha256(asked.encode()).hexdigest()}"[-_LONGEST:]


def _mean_something(case: Case) -> None:
    """Of ids and tokens that were made up, three in four are replaced: nothing but 404 would come of them.

    Not where there are two, of which one is of the other.
    """
    collection, parts = case.path.split("/")[2], case.path_parameters or {}
    [(name, given)] = parts.items() if len(parts) == 1 else [("", None)]
    if collection not in _known:
        collection = "jobs"  # what comes of one has its id
    known = [*_known[collection], *_made[collection]]
    if isinstance(given, str) and given not in known and (number := _number(name, given)) % 4:
        case.path_parameters[name] = known[number // 4 % len(known)]


def _number(name: str, given: str) -> int:
    """0: it is none that fits."""
    if name == "token":
        return int.from_bytes(sha256(given.encode(errors="replace")).digest()[:8])
    try:
        return UUID(given).int
    except ValueError:
        return 0


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    _asked[f"{case.operation.label} {response.status_code}"] += 1
    if (asked := _asked.total()) % 500 == 0:
        print(f"{asked:,} cases asked", file=sys.stderr, flush=True)
    for made in response.headers.get("location", ()):
        *_, collection, id = made.split("/")
        _made[collection].append(id)


@schemathesis.check
def each_line_conforms(context: CheckContext, response: Response, case: Case) -> None:
    """Of NDJSON, which schemathesis takes for nothing that it can read."""
    if not response.headers.get("content-type", [""])[0].startswith("application/x-ndjson"):
        return
    document = case.operation.schema.raw_schema
    [content] = case.operation.definition.raw["responses"][str(response.status_code)]["content"].values()
    validator = Draft202012Validator({**content["schema"], "components": document["components"]})
    lines = map(json.loads, response.text.split("\n")[:-1])
    wrong = [error.message for line in lines for error in validator.iter_errors(line)]
    assert not wrong, wrong


@atexit.register
def _tell() -> None:
    (_FOLDER / "asked.json").write_text(json.dumps(_asked))
