"""The table of handlers: which messages a service takes, and what it does with each.

Nothing here touches a broker: a consumer is data that the worker reads.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, overload

from kombu import Queue

from contracts import DEFAULT_LANE, Contract, Message, Value, contract_of, versions_of
from mesh import topology
from mesh.database import Tx
from mesh.effect import Effect
from mesh.errors import RefusedAtStart

Deps = TypeVar("Deps")
M = TypeVar("M", bound=Message)

One = Callable[[M, Tx, Deps], Effect[Any] | Value | None]
Many = Callable[[Sequence[M], Tx, Deps], None]
BareOne = Callable[[M, Deps], Value | None]
BareMany = Callable[[Sequence[M], Deps], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """One message name and the function that handles it."""

    contract: Contract
    """The newest version of this build; older ones are upcast to it before they arrive."""
    function: Callable[..., Effect[Any] | Value | None]
    attempts: int
    """How often a message is tried before it becomes a dead letter."""
    time_limit: float
    """Seconds for one message (for a batch: for the batch)."""
    batch: int
    """How many messages the function takes at once; 0: one, and not in a list."""
    inbox: bool
    """Whether it runs in a transaction with inbox and outbox."""

    def taken(self) -> Iterator[topology.Laned]:
        """Every version that this build can read, in every lane of it; each has its own queue."""
        for model in versions_of(self.contract.name).values():
            yield from topology.laned(contract_of(model))


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
    ) -> Callable[[One[M, Deps]], One[M, Deps]]: ...
    @overload
    def handles(
        self,
        message: type[M],
        *,
        batch: int,
        attempts: int = ...,
        time_limit: float = ...,
    ) -> Callable[[Many[M, Deps]], Many[M, Deps]]: ...
    @overload
    def handles(
        self,
        message: type[M],
        *,
        inbox: Literal[False],
        attempts: int = ...,
        time_limit: float = ...,
    ) -> Callable[[BareOne[M, Deps]], BareOne[M, Deps]]: ...
    @overload
    def handles(
        self,
        message: type[M],
        *,
        inbox: Literal[False],
        batch: int,
        attempts: int = ...,
        time_limit: float = ...,
    ) -> Callable[[BareMany[M, Deps]], BareMany[M, Deps]]: ...
    def handles(
        self,
        message: type[M],
        *,
        batch: int = 0,
        attempts: int = 8,
        time_limit: float = 30.0,
        inbox: bool = True,
    ) -> Callable[[Any], Any]:
        """The function below handles `message`, in one transaction with inbox and outbox.

        With `batch`, it gets up to that many messages in a list and commits once for all of them.
        With `inbox=False` it gets no transaction and may see a message twice: for work that needs no
        database and bears it.
        Raises TypeError, at import, for what could not work later.
        """
        contract = contract_of(message)
        self._refuse_what_cannot_work(contract, batch)

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            handler = Handler(contract, function, attempts, time_limit, batch, inbox)
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

    def _refuse_what_cannot_work(self, contract: Contract, batch: int) -> None:
        newest = max(versions_of(contract.name))
        faults = {
            f"{contract} is handled already": contract.name in self.handlers,
            f"{contract} is old: handle v{newest}, older ones are upcast to it": contract.version != newest,
            f"{contract} is a command to {contract.owner}: only its owner obeys it": contract.is_command
            and contract.owner != self.service,
            f"{contract}: batch={batch} is no number of messages": batch < 0,
        }
        for fault, so in faults.items():
            if so:
                raise TypeError(f"consumer of {self.service}: {fault}")
