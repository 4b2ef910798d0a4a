"""What was ever released, and what may be released next.

    released/<name>/v<version>/lanes.json          what its messages may travel in; it may grow
                               r<revision>/        one state of that version, for ever:
                                   writer.json     the schema of what its writers write
                                   reader.json     the schema of what its readers read
                                   golden.json     a message
                                   reply-writer.json, reply-reader.json   the same of its reply, if it has one
                                   order.json      in which order it follows another one, if not in any
                                   retired         why nothing of it is alive or under way any more

A revision belongs into the commit that changes the contract. Builds of every one that is not retired are
taken to be alive.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import contracts
from contracts import Contract, replies
from contracts.changes import Difference, Order, differences, order
from contracts.errors import Refused
from contracts.golden import golden
from contracts.verdicts import Pair

FOLDER = Path(__file__).parents[2] / "released"


@dataclass(frozen=True)
class Revision:
    """One released state of one version."""

    name: str
    version: int
    number: int
    """Counts from 1."""
    folder: Path

    @property
    def pair(self) -> Pair:
        return Pair(self._read("writer.json"), self._read("reader.json"))

    @property
    def reply(self) -> Pair | None:
        if not (self.folder / "reply-writer.json").exists():
            return None
        return Pair(self._read("reply-writer.json"), self._read("reply-reader.json"))

    @property
    def golden(self) -> Any:
        return self._read("golden.json")

    @property
    def retired(self) -> bool:
        return (self.folder / "retired").exists()

    def order_after(self, earlier: int) -> Order:
        """In which order it was declared to follow an earlier revision."""
        said = self._read("order.json") if (self.folder / "order.json").exists() else {}
        try:
            return Order(said.get(f"r{earlier}", Order.ANY))
        except ValueError as error:
            raise Refused(f"{self.folder / 'order.json'}: {error}") from None

    def _read(self, name: str) -> Any:
        path = self.folder / name
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise Refused(f"{path}: {error}; take it from the history again, it never changes") from None

    def __str__(self) -> str:
        return f"{self.name} v{self.version} r{self.number}"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a contract of this tree beside one revision of it."""

    revision: Revision
    differences: list[Difference]
    order: Order
    declared: Order
    """What the newest revision says of it already."""

    @property
    def legal(self) -> bool:
        return self.order in (Order.ANY, self.declared)


def shipped() -> list[Contract]:
    """Every contract of this package, by name and version."""
    for module in iter_modules(contracts.__path__, "contracts."):
        import_module(module.name)
    ours = (c for c in contracts.contracts() if c.model.__module__.startswith("contracts."))
    return sorted(ours, key=lambda c: (c.name, c.version))


def revisions(contract: Contract | None = None) -> list[Revision]:
    """What was released of one contract, or of all; the oldest first. Raises Refused."""
    if not FOLDER.is_dir():
        raise Refused(f"no folder {FOLDER}: this runs in a checkout, where it is kept")
    pattern = f"{contract.name}/v{contract.version}" if contract else "*/v*"
    found = [_revision(path) for path in FOLDER.glob(f"{pattern}/*") if path.is_dir()]
    return sorted(found, key=lambda r: (r.name, r.version, r.number))


def _revision(path: Path) -> Revision:
    name, version, number = path.relative_to(FOLDER).parts
    try:
        return Revision(name, int(version.removeprefix("v")), int(number.removeprefix("r")), path)
    except ValueError:
        raise Refused(f"{path}: neither v<version> nor r<revision>") from None


def verdicts(contract: Contract) -> list[Verdict]:
    """This tree's contract beside every revision that may be alive."""
    now = Pair.of(contract.model)
    released = revisions(contract)
    found = []
    for revision in released:
        if not revision.retired:
            changed = differences(revision.pair, now)
            changed += replies.differences(revision.reply, replies.of(contract))
            declared = released[-1].order_after(revision.number)
            found.append(Verdict(revision, changed, order(changed), declared))
    return found


def given_up(known: list[Contract]) -> list[Revision]:
    """Revisions that may be alive, of versions that are not in this tree any more."""
    there = {(c.name, c.version) for c in known}
    return [r for r in revisions() if not r.retired and (r.name, r.version) not in there]


def unreleased(contract: Contract) -> bool:
    """Whether this tree's is not what was released last."""
    released = revisions(contract)
    if not released or released[-1].pair != Pair.of(contract.model):
        return True
    return released[-1].reply != replies.of(contract)


def release(contract: Contract, accepted: Order = Order.ANY) -> list[Path]:
    """Write what is missing of a contract, and change nothing that is there; the paths that were written.

    A change that needs an order needs it `accepted` here. Raises Refused.
    """
    written = _new_revision(contract, accepted) if unreleased(contract) else []
    return [*written, *_write_lanes(contract)]


def _new_revision(contract: Contract, accepted: Order) -> list[Path]:
    found = verdicts(contract)
    for verdict in found:
        if not verdict.legal and (verdict.order is Order.MAJOR or verdict.order is not accepted):
            raise Refused(
                f"{contract} differs from {verdict.revision} and needs {verdict.order}: "
                "`mesh contracts check` shows why"
            )
    number = 1 + max((r.number for r in revisions(contract)), default=0)
    pair = Pair.of(contract.model)
    files: dict[str, Any] = {
        "writer.json": pair.writer,
        "reader.json": pair.reader,
        "golden.json": golden(contract).model_dump(mode="json"),
    }
    if reply := replies.of(contract):
        files |= {"reply-writer.json": reply.writer, "reply-reader.json": reply.reader}
    if ordered := {f"r{v.revision.number}": v.order for v in found if v.order is not Order.ANY}:
        files["order.json"] = ordered
    folder = folder_of(contract) / f"r{number}"
    folder.mkdir(parents=True)
    for name, document in files.items():
        (folder / name).write_text(_text(document))
    return [folder / name for name in files]


def folder_of(contract: Contract) -> Path:
    """Where a version's revisions are."""
    return FOLDER / contract.name / f"v{contract.version}"


def lanes_given_up(contract: Contract) -> list[str]:
    """Lanes that were released and that the contract no longer has: messages may lie in them."""
    path = folder_of(contract) / "lanes.json"
    released = json.loads(path.read_text()) if path.exists() else []
    return [lane for lane in released if lane not in contract.lanes]


def _write_lanes(contract: Contract) -> Iterator[Path]:
    path = folder_of(contract) / "lanes.json"
    text = _text(contract.lanes)
    if contract.lanes and not (path.exists() and path.read_text() == text):
        path.write_text(text)
        yield path


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
