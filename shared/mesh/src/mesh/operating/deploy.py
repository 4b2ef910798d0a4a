"""`mesh deploy`: may this build go beside what lives, in which order, and when is an old version gone?"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from contracts import Refused
from mesh import leases
from mesh.leases import Live
from mesh.manifest import Manifest
from mesh.operating.builds import find
from mesh.operating.draining import NOTHING, Draining
from mesh.operating.judging import Finding, Verdict, judged, may, rolled_back
from mesh.operating.live import broker
from mesh.operating.shown import as_text
from mesh.operating.world import World, look

_PAUSE = 1.0  # seconds between two looks


class Step(NamedTuple):
    """One deployment, or one way back."""

    what: str
    findings: list[Finding]


@click.group()
def deploy() -> None:
    """Deployments: what may be deployed, in which order, and what may go."""


@deploy.command()
@click.argument("builds", nargs=-1, required=True, metavar="BUILD...")
@click.option("--rollback-to", help="Also: may it be taken back to this build? A version, or a path.")
@click.option("--wheels", type=click.Path(path_type=Path), default=Path("dist"), help="Where wheels are.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@broker
def check(builds: tuple[str, ...], rollback_to: str | None, wheels: Path, as_json: bool, url: str) -> None:
    """May these be deployed now, and in which order? Exits 1 if not.

    A BUILD is emails==2.0.0 (of a wheel, installed here or live), or the path of a wheel or a manifest.
    """
    live = leases.read(url, refuse_unreadable=True)
    wanted = [find(said, wheels, live) for said in builds]
    back = _back(wanted, rollback_to, wheels, live)
    world = look(url, [*wanted, *back])
    steps = [*_planned(wanted, world), *_ways_back(wanted, back, world)]
    fine = all(may(step.findings) for step in steps)
    if as_json:
        click.echo(
            as_text({"may": fine, "live": [str(b) for b in world.builds], "steps": list(map(_told, steps))})
        )
    else:
        _say(steps, world)
    sys.exit(not fine)


@deploy.command()
@click.argument("service")
@click.option("--major", type=int, required=True, help="Of the messages that it takes.")
@click.option("--message", "name", help="Of that one alone, such as orders.order_placed.")
@click.option("--wait", is_flag=True, help="Wait until it is so.")
@broker
def drained(service: str, major: int, name: str | None, wait: bool, url: str) -> None:
    """Is the last message of a major gone, so that no build has to read it any more? Exits 1 if not.

    It takes some seconds to know: nothing may be on its way from one place to another.
    """
    world = look(url)
    draining = Draining(service, major, world, name)
    what = f"{service}: {name} v{major}" if name else f"{service} v{major}"
    said: list[str] = []
    while left := draining.left(world):
        if not (wait or all(line.startswith(NOTHING) for line in left)):
            click.echo("\n  ".join([f"{what} is not drained:", *left]))
            sys.exit(1)
        if left != said:
            click.echo("\n".join(left), err=True)
        said = left
        time.sleep(_PAUSE)
        world = look(url, draining.builds)
    click.echo(f"{what} is drained: {', '.join(sorted(draining.queues))}")


def _back(wanted: Sequence[Manifest], to: str | None, wheels: Path, live: Sequence[Live]) -> list[Manifest]:
    if to is None:
        return []
    if len(wanted) > 1:
        raise Refused("--rollback-to is of one build: check one at a time")
    whole = to.endswith((".whl", ".json")) or "==" in to
    back = find(to if whole else f"{wanted[0].service}=={to}", wheels, live)
    if back.service != wanted[0].service:
        raise Refused(f"{back} is no build of {wanted[0].service}")
    return [back]


def _planned(wanted: Sequence[Manifest], world: World) -> Iterator[Step]:
    """The builds in an order in which each may be deployed; those for which there is none, as they are."""
    left = list(wanted)
    while left:
        judgements = {str(build): judged(build, world) for build in left}
        chosen = min(left, key=lambda build: _burden(judgements[str(build)]))
        findings = judgements[str(chosen)]
        yield Step(f"{chosen}: {'may be deployed' if may(findings) else 'may NOT be deployed'}", findings)
        left.remove(chosen)
        if may(findings):
            world = world.after(chosen)


def _burden(findings: Sequence[Finding]) -> tuple[bool, int]:
    """What may be deployed before what may not; what lets nobody wait before what does."""
    return not may(findings), sum(found.verdict is Verdict.WAITS for found in findings)


def _ways_back(wanted: Sequence[Manifest], back: Sequence[Manifest], world: World) -> Iterator[Step]:
    for build, to in zip(wanted, back, strict=False):
        findings = rolled_back(build, to, world)
        yield Step(f"back to {to}: {'may be done' if may(findings) else 'may NOT be done'}", findings)


def _say(steps: Sequence[Step], world: World) -> None:
    click.echo(f"live: {', '.join(map(str, world.builds)) or 'nothing'}")
    for number, step in enumerate(steps, 1):
        click.echo(f"\n{number}. {step.what}")
        safe = [found for found in step.findings if found.verdict is Verdict.SAFE]
        told = sorted((f for f in step.findings if f not in safe), key=lambda f: -f.verdict)
        if safe:
            click.echo(f"   safe: {len(safe)} looked at")
        for found in told:
            click.echo(f"   {found.verdict}: {found.what}: {found.why}")
        for first in dict.fromkeys(found.first for found in told if found.first):
            click.echo(f"   first: {first}")


def _told(step: Step) -> dict[str, Any]:
    findings = [found._asdict() | {"verdict": str(found.verdict)} for found in step.findings]
    return {"what": step.what, "may": may(step.findings), "findings": findings}
