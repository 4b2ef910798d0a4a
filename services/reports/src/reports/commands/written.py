"""What people write on the command line of schedules, and read there: when, and to whom."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import click
from pydantic import ValidationError

from contracts.emails import Recipient
from contracts.reports import Delivery, ReportFormat
from contracts.timing import Timing
from mesh import recurrence
from mesh.recurrence import Unfit

_Command = TypeVar("_Command", bound=Callable[..., Any])
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_EVERY = re.compile(r"(\d{1,9})([smhd]?)")
_SOMEBODY = re.compile(
    r"(?:(?P<name>[^<>]*?)\s*<(?P<boxed>[^<>\s]+)>|(?P<bare>[^<>\s]+))(?:\s+(?P<locale>[\w-]+))?"
)


def somebody(written: str, locale: str) -> Recipient:
    """Raises Unfit."""
    found = _SOMEBODY.fullmatch(written.strip())
    try:
        said = found.groupdict("") if found else {}
        address = said.get("boxed") or said.get("bare")
        return Recipient.model_validate(
            {"email": address, "name": said.get("name"), "locale": said.get("locale") or locale}
        )
    except ValidationError:
        told = 'nobody who can be written to: say "Ada <ada@example.com>", or with "… ru" behind it'
        raise Unfit(f"{written!r} is {told}") from None


def timing(cron: str | None, every: str | None, at: str | None, zone: str, now: datetime) -> Timing:
    """Raises Unfit for what is no time."""
    seconds = None if every is None else _seconds(every)
    moment = None if at is None else _moment(at, zone)
    if seconds is not None and moment is None:
        moment = now
    return Timing(cron=cron, every=seconds, at=moment, zone=zone)


def shown(due: datetime, timing: Timing) -> str:
    """By the clocks of its zone, with their offset."""
    return due.astimezone(recurrence.zone(timing.zone)).isoformat(" ", "seconds") + f" {timing.zone}"


def _seconds(every: str) -> int:
    found = _EVERY.fullmatch(every)
    if found is None:
        raise Unfit(f"every {every!r}: write it as 90m, 6h or 1d")
    return int(found[1]) * _UNITS[found[2]]


def _moment(at: str, zone: str) -> datetime:
    """By the clocks of the zone, if it says no offset; of two such times the first."""
    try:
        said = datetime.fromisoformat(at)
    except ValueError:
        raise Unfit(f"{at!r} is no time: write it as 2026-12-24T08:00, or with an offset behind it") from None
    if said.tzinfo:
        return said
    meant = said.replace(tzinfo=recurrence.zone(zone))
    if meant.astimezone(UTC).astimezone(meant.tzinfo).replace(tzinfo=None) != said:
        raise Unfit(f"{at} is left out by the clocks of {zone}")
    return meant


def options(*, format: str) -> Callable[[_Command], _Command]:
    """What may be said of any report, by default in this format: `format`, `locale`, `account`, `customer`,
    `to`, `by` and `each_by`."""
    delivery = click.Choice(get_args(Delivery))
    found = (
        click.option(
            "--format", type=click.Choice(get_args(ReportFormat)), default=format, show_default=True
        ),
        click.option("--locale", default="en", show_default=True, help="Of the report, and of who gets it."),
        click.option("--account", help="Whose figures. Default: those of all accounts together."),
        click.option("--customer", help="Whose statement it is: an address."),
        click.option(
            "--send-to",
            "to",
            multiple=True,
            help='Who gets it: "Ada <ada@example.com>", with "… ru" in Russian.',
        ),
        click.option("--by", type=delivery, default="attachment", show_default=True),
        click.option(
            "--each-by", type=delivery, help="How each customer of customer_statements gets theirs."
        ),
    )

    def with_options(command: _Command) -> _Command:
        for option in reversed(found):  # as decorators above each other
            command = option(command)
        return command

    return with_options
