"""`--from` and `--to`: the days that a command is about."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

import click

from contracts import Refused

DAY = click.DateTime(["%Y-%m-%d"])


def between(command: Callable[..., None]) -> Callable[..., None]:
    """Gives the function below `days`, of which there is one at the least."""

    @click.option("--from", "first", type=DAY, required=True, help="The first UTC day.")
    @click.option("--to", "last", type=DAY, required=True, help="The last one: it is one of them.")
    @wraps(command)
    def with_days(first: datetime, last: datetime, **more: Any) -> None:
        if last < first:
            raise Refused("--to is before --from")
        days: list[date] = [first.date() + timedelta(n) for n in range((last - first).days + 1)]
        command(days=days, **more)

    return with_days
