"""What a measurement asks of a broker."""

from abc import ABC, abstractmethod
from typing import Self

from embedded.process import Process


class Broker(ABC):
    """A server of our own. As a context manager: it runs inside."""

    name: str
    process: Process

    @property
    @abstractmethod
    def url(self) -> str:
        """For everybody's clients."""

    @property
    @abstractmethod
    def mesh_url(self) -> str:
        """For the mesh."""

    @abstractmethod
    def empty(self) -> None:
        """As new: no messages, no queues, nothing to write down or clear up later."""

    @abstractmethod
    def waiting(self, queue: str) -> int:
        """Messages that are there and not acknowledged. On RabbitMQ: once nobody consumes any more."""

    def __enter__(self) -> Self:
        self.process.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stop()
