"""A second service of the tests, for canvas that crosses services. It has tables like the sample's."""

from typing import Any

import sample

from contracts import Command, contract
from contracts.canvas import Failed
from mesh import Consumer, Service, Settings, Tx


@contract("second.add", version=1, replies=sample.Number)
class Add(Command):
    """Stands behind a group: its replies are the numbers."""

    replies: tuple[sample.Number, ...]


@contract("second.keep", version=1, replies=sample.Number)
class Keep(Command):
    number: int


@contract("second.mourn", version=1)
class Mourn(Command):
    """What to do when something else fails."""

    what: str


@contract("second.note_failure", version=1)
class NoteFailure(Command):
    """A step was not handled."""

    failed: Failed
    what: str = "a canvas"


@contract("second.finish", version=1)
class Finish(Command):
    """All of it is done."""

    what: str


consumer = Consumer[Any]("second")


@consumer.handles(Add)
def add(message: Add, tx: Tx, deps: Any) -> sample.Number:
    return sample.Number(number=sum(reply.number for reply in message.replies))


@consumer.handles(Keep)
def keep(message: Keep, tx: Tx, deps: Any) -> sample.Number:
    sample.enter(tx, "kept", str(message.number))
    return sample.Number(number=message.number)


@consumer.handles(Mourn)
def mourn(message: Mourn, tx: Tx, deps: Any) -> None:
    sample.enter(tx, "mourned", message.what)


@consumer.handles(NoteFailure)
def note_failure(message: NoteFailure, tx: Tx, deps: Any) -> None:
    failed = message.failed
    sample.enter(tx, "failed", f"{failed.step} {failed.kind}: {failed.reason}")
    sample.enter(tx, "failed steps", str(failed.step_id))


@consumer.handles(Finish)
def finish(message: Finish, tx: Tx, deps: Any) -> None:
    sample.enter(tx, "finished", message.what)


service = Service(
    consumer=consumer,
    settings=Settings,
    wiring=sample.wiring,
    migrations="sample.migrations",
    build="1.0",
)
