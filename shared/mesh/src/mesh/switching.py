"""`<service> switch`: which lanes are off, and to switch one off or on, while workers run."""

from contextlib import closing
from typing import Any

import click

from mesh.errors import RefusedAtStart
from mesh.service import Service
from mesh.switches import Switch, Switches

_HELP = """Show which lanes are off; or have all workers leave one alone (off), or take it again (on).

What travels in it waits on the broker. A worker obeys within two seconds, and finishes what it holds.
"""


def switch_of(service: Service[Any]) -> click.Command:
    """The command, for this service's lanes."""
    lanes = service.consumer.lanes()

    def run(lane: str | None, to: str | None) -> None:
        with closing(_switches(service)) as switches:
            if lane is None:
                _show(lanes, switches)
            elif to is None:
                raise click.UsageError(f"{lane}: on or off?")
            else:
                switches.set(lane, Switch.now(on=to == "on"))

    arguments: list[click.Parameter] = [
        click.Argument(["lane"], type=click.Choice(lanes), required=False),
        click.Argument(["to"], type=click.Choice(["on", "off"]), required=False),
    ]
    return click.Command("switch", callback=run, params=arguments, help=_HELP)


def _switches(service: Service[Any]) -> Switches:
    url = service.settings.load().switches_url
    if url is None:
        raise RefusedAtStart("SWITCHES_URL is not set: there is no place for switches")
    return Switches(url, service.name)


def _show(lanes: list[str], switches: Switches) -> None:
    known = switches.read()
    width = max(map(len, lanes))
    for lane in lanes:
        click.echo(f"{lane:{width}}  {_told(known.get(lane))}")


def _told(switch: Switch | None) -> str:
    return f"off since {switch.since:%Y-%m-%d %H:%M:%S}" if switch and not switch.on else "on"
