"""An effect outside the database: a mail, a push, a call. At least once, across one narrow window.

A handler does not perform it: it writes down the intent in its transaction and returns an Effect.
The intent commits first, then the effect is performed, then what follows from it commits together
with the note that it is done. Only a crash between the effect and that last commit leaves it
uncertain; such a message is delivered again, and its handler has said which is worse: to do it twice, or
perhaps not at all. It is performed again, logged as `effect.repeated`, and what it is performed with must
carry the envelope's id as idempotency key; or, with `in_doubt`, it is not, logged as `effect.doubted`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts import Value
from mesh.database import Tx

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Effect(Generic[Outcome]):
    """`perform` talks to the outside, with no transaction open; `then` records what came of it, and
    may answer. `perform` raises as a handler does; Unavailable costs no attempt."""

    perform: Callable[[], Outcome]
    then: Callable[[Tx, Outcome], Value | None]
    in_doubt: Callable[[Tx], Value | None] | None = None
    """In place of both where it may have been performed already: records that. None: it is done again."""

    def repeated(self) -> "Effect[Any]":
        """What is to be done where it may have been performed already."""
        in_doubt = self.in_doubt
        if in_doubt is None:
            return self
        return Effect(perform=lambda: None, then=lambda tx, _: in_doubt(tx))
