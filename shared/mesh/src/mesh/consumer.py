"""The table of handlers: which messages a service takes, and what it does with each.

Nothing here touches a broker: a consumer is data that the worker reads.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Generic, Literal, TypeVar, overload

from kombu import Queue

from contracts import DEFAULT_LANE, Contract, Message, Value, contract_of, versions_of
from mesh import topology
from mesh.database import Tx
from mesh.effect import Effect
from mesh.errors import RefusedAtStart
from mesh.handler import Failure, Handler, faults

Deps = TypeVar("Deps")
M = TypeVar("M", bound=Message)

One = Callable[[M, Tx, Deps], Effect[Any] | Value | None]
Many = Callable[[Sequence[M], Tx, Deps], None]
BareOne = Callable[[M, Deps], Value | None]
BareMany = Callable[[Sequence[M], Deps], None]
Told = Callable[[M, Tx, Failure], None]


class Consumer(Generic[Deps]):
    """What one service takes."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.handlers: dict[str, Handler] = {}

    @overload
    def handles(
        self,
        message: type[M],
        *,
        attempts: int = ...,
        time_limit: float = ...,
        failed: Told[M] | None = ...,
    ) -> Callable[[One[M, Deps]], One[M, Deps]]: ...
    @overload
    def handles(
        self,
        message: type[M],
        *others: type[M],
        batch: int,
        attempts: int = ...,
        time_limit: float = ...,
        failed: Told[M] | None = ...,
    ) -> Callable[[Many[M, Deps]], Many[M, Deps]]: ...
    @overload
    def handles(
        self,
        message: type[M],
        *,
        inbox: Literal[False],
        attempts: int = ...,
        time_limit: float = ...,
        failed: Told[M] | None = ...,
    ) -> Callable[[BareOne[M, Deps]], BareOne[M, Deps]]: ...
    @overload
    def handles(
        self,
        message: type[M],
        *others: type[M],
        inbox: Literal[False],
        batch: int,
        attempts: int = ...,
        time_limit: float = ...,
        failed: Told[M] | None = ...,
    ) -> Callable[[BareMany[M, Deps]], BareMany[M, Deps]]: ...
    def handles(
        self,
        message: type[M],
        *others: type[M],
        batch: int = 0,
        attempts: int = 8,
        time_limit: float = 30.0,
        inbox: bool = True,
        failed: Told[Any] | None = None,
    ) -> Callable[[Any], Any]:
        """The function below handles `message`, in one transaction with inbox and outbox.

        With `batch`, it gets up to that many messages in a list and commits once for all of them. They may
        be of several kinds then, in the order in which they came.
        With `inbox=False` it gets no transaction and may see a message twice: for work that needs no
        database and bears it.
        `failed(message, tx, failure)` is told of each message that was not handled, in the transaction that
        settles it: whoever waits for it may want to know.
        Raises TypeError, at import, for what could not work later.
        """
        contracts = [contract_of(kind) for kind in (message, *others)]
        line = contracts[0].name
        if others and not batch:
            self._refuse([f"{contracts[0]} and others: they come together in batches, say batch="])

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            for contract in contracts:
                self._refuse(self._faults(contract))
                handler = Handler(contract, function, line, attempts, time_limit, batch, inbox, failed)
                self._refuse(f"{contract}: {fault}" for fault in faults(handler))
                self.handlers[contract.name] = handler
            return function

        return register

    def queues(self, lanes: Collection[str] = ()) -> list[Queue]:
        """The queues this build consumes: those of the majors that it implements, and no other.

        Of these lanes alone, where any are named (`default` is the one without a name). Raises RefusedAtStart
        for one that nothing travels in.
        """
        self._refuse_unknown(lanes)
        taken = self._taken()
        chosen = (t for t in taken if not lanes or (t[1] or DEFAULT_LANE) in lanes)
        return topology.queues(self.service, chosen)

    def lanes(self) -> list[str]:
        """What the messages it takes may travel in, the default lane first."""
        return [DEFAULT_LANE, *sorted({lane for _, lane in self._taken() if lane})]

    def _taken(self) -> list[topology.Laned]:
        return [t for handler in self.handlers.values() for t in handler.taken()]

    def _refuse_unknown(self, lanes: Collection[str]) -> None:
        unknown = sorted(set(lanes) - set(self.lanes()))
        if unknown:
            raise RefusedAtStart(
                f"nothing that {self.service} takes travels in the lane {', '.join(unknown)}: "
                f"there are {', '.join(self.lanes())}"
            )

    def _faults(self, contract: Contract) -> Iterator[str]:
        newest = max(versions_of(contract.name))
        if contract.name in self.handlers:
            yield f"{contract} is handled already"
        if contract.version != newest:
            yield f"{contract} is old: handle v{newest}, older ones are upcast to it"
        if contract.is_command and contract.owner != self.service:
            yield f"{contract} is a command to {contract.owner}: only its owner obeys it"

    def _refuse(self, found: Iterable[str]) -> None:
        for fault in found:
            raise TypeError(f"consumer of {self.service}: {fault}")
