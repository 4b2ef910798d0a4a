"""An effect outside the database: a mail, a push, a call. At least once, across one narrow window.

A handler does not perform it: it writes down the intent in its transaction and returns an Effect.
The intent commits first, then the effect is performed, then what follows from it commits together
with the note that it is done. Only a crash between the effect and that last commit leaves it
uncertain; such a message is delivered again, its effect performed again, and both are logged as
`effect.repeated`. What it is performed with must carry the envelope's id as idempotency key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from contracts import Value
from mesh.database import Tx

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Effect(Generic[Outcome]):
    """`perform` talks to the outside, with no transaction open; `then` records what came of it, and
    may answer."""

    perform: Callable[[], Outcome]
    then: Callable[[Tx, Outcome], Value | None]
