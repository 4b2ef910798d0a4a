"""`mesh contracts`: what was released, what changed since, and what that means for a deployment."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from contracts import Contract, Refused
from contracts.changes import Difference, Order
from contracts.golden import golden
from contracts.release import (
    FOLDER,
    Revision,
    Verdict,
    given_up,
    lanes_given_up,
    release,
    revisions,
    shipped,
    unreleased,
    verdicts,
)
from contracts.schemas import reader, writer
from mesh.operating.asyncapi import document, page
from mesh.operating.shown import as_text, table

ORDERS = {"consumers-first": Order.CONSUMERS, "producers-first": Order.PRODUCERS}
HEAD = ("field", "change", "new writer, old reader", "old writer, new reader")


@click.group()
def contracts() -> None:
    """Messages: list, show, check and release their contracts."""


@contracts.command("list")
def list_() -> None:
    """Every version, its revisions that may be alive, and what it may travel in."""
    rows = [("contract", "kind", "alive", "lanes")]
    for contract in shipped():
        alive = [f"r{r.number}" for r in revisions(contract) if not r.retired]
        kind = "command" if contract.is_command else "event"
        rows.append((str(contract), kind, " ".join(alive) or "not released", " ".join(contract.lanes)))
    click.echo(table(rows))


@contracts.command()
@click.argument("name")
@click.argument("version", type=int, required=False)
def show(name: str, version: int | None) -> None:
    """What its writers write and its readers read, and an example; the newest version if none is named."""
    contract = _find(name, version)
    said = {
        "contract": str(contract),
        "writer": writer(contract.model),
        "reader": reader(contract.model),
        "golden": golden(contract).model_dump(mode="json"),
    }
    click.echo(as_text(said))


@contracts.command()
@click.option("--page", "as_page", is_flag=True, help="For people, in Markdown.")
def asyncapi(as_page: bool) -> None:
    """The messages of the whole mesh, as an AsyncAPI 3 document."""
    click.echo(page(shipped()).rstrip() if as_page else as_text(document(shipped())))


@contracts.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(names: tuple[str, ...], as_json: bool) -> None:
    """Compare this tree, or the contracts of these NAMES alone, with every revision that may be alive. Exits
    1 if one may not be deployed."""
    known, gone = shipped(), given_up(shipped())
    if names:
        known, gone = _named(known, gone, names)
    found = [verdict for contract in known for verdict in verdicts(contract)]
    lanes = [(contract, lane) for contract in known for lane in lanes_given_up(contract)]
    fine = all(verdict.legal for verdict in found) and not gone and not lanes
    if as_json:
        told = {
            "fine": fine,
            "contracts": [_told(verdict) for verdict in found],
            "given_up": [str(revision) for revision in gone],
            "lanes_given_up": [f"{contract} {lane}" for contract, lane in lanes],
        }
        click.echo(as_text(told))
    else:
        _say(known, found, gone, lanes)
    sys.exit(not fine)


@contracts.command("release")
@click.option("--order", type=click.Choice(list(ORDERS)), help="It will be deployed in, if not in any.")
def release_(order: str | None) -> None:
    """Write down what is new in this tree, for ever. Changes nothing that is there."""
    for contract in shipped():
        if gone := lanes_given_up(contract):
            raise Refused(
                f"{contract}: lane {', '.join(gone)} was released, messages may lie in it; when its queues "
                "are empty, take it out of lanes.json by hand"
            )
    for contract in shipped():
        for path in release(contract, ORDERS[order] if order else Order.ANY):
            click.echo(path.relative_to(FOLDER))


@contracts.command()
@click.argument("name")
@click.argument("version", type=int)
@click.argument("revision", type=int)
@click.option("--why", required=True, help="How you know that no build and no message of it is left.")
def retire(name: str, version: int, revision: int, why: str) -> None:
    """Take a revision for dead: `check` compares with it no more."""
    of_version = [r for r in revisions() if (r.name, r.version) == (name, version)]
    for found in of_version:
        if found.number == revision:
            if found is of_version[-1] and (name, version) in {(c.name, c.version) for c in shipped()}:
                raise Refused(f"{found} is what this tree has: nothing would be left to compare it with")
            (found.folder / "retired").write_text(f"{why}\n")
            click.echo(f"{found} is retired")
            return
    raise Refused(f"{name} v{version} r{revision} was never released")


def _named(
    known: Sequence[Contract], gone: Sequence[Revision], names: Sequence[str]
) -> tuple[list[Contract], list[Revision]]:
    if unknown := set(names) - {c.name for c in known} - {r.name for r in gone}:
        raise Refused(
            f"{', '.join(sorted(unknown))}: no such contract; `mesh contracts list` shows those there are"
        )
    return [c for c in known if c.name in names], [r for r in gone if r.name in names]


def _find(name: str, version: int | None) -> Contract:
    versions = {c.version: c for c in shipped() if c.name == name}
    if not versions:
        raise Refused(f"{name}: no such contract; `mesh contracts list` shows those there are")
    if (wanted := version or max(versions)) not in versions:
        raise Refused(f"{name} v{wanted}: there is {', '.join(f'v{v}' for v in sorted(versions))}")
    return versions[wanted]


def _say(
    known: Sequence[Contract],
    found: Sequence[Verdict],
    gone: Sequence[Revision],
    lanes: Sequence[tuple[Contract, str]],
) -> None:
    for verdict in found:
        if verdict.differences:
            click.echo(f"\n{_judged(verdict)}\n")
            click.echo(table([HEAD, *map(_row, verdict.differences)]))
            for difference in verdict.differences:
                for why in difference.why:
                    click.echo(f"    {difference.path or 'the message'}: {why}")
    for revision in gone:
        click.echo(f"\n{revision} is not in this tree and not retired: its messages would have no reader")
    for contract, lane in lanes:
        click.echo(f"\n{contract}: lane {lane} was released and is not in this tree")
    for contract in known:
        if unreleased(contract):
            click.echo(f"\n{contract} is not released as it is here: `mesh contracts release`")
    beside = f"{_counted(known, 'contract')}, beside {_counted(found, 'revision')}"
    click.echo(f"\n{beside} that may be alive")


def _counted(things: Sequence[Any], name: str) -> str:
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"


def _judged(verdict: Verdict) -> str:
    said = f"{verdict.revision} -> this tree: {verdict.order}"
    if verdict.order is Order.ANY:
        return said
    if verdict.order is Order.MAJOR:
        return f"{said}: REFUSED"
    return f"{said}, as declared" if verdict.legal else f"{said}: NOT DECLARED"


def _row(difference: Difference) -> tuple[str, ...]:
    return (
        difference.path or "(message)",
        difference.rule,
        str(difference.forward),
        str(difference.backward),
    )


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "revision": str(verdict.revision),
        "order": verdict.order,
        "declared": verdict.declared,
        "legal": verdict.legal,
        "differences": [
            d._asdict() | {"forward": str(d.forward), "backward": str(d.backward)}
            for d in verdict.differences
        ],
    }
