"""The brokers, real ones, with their data on disk."""

from collections.abc import Callable
from pathlib import Path

from bench.broker.brokers.broker import Broker
from bench.broker.brokers.rabbitmq import RabbitBroker
from bench.broker.brokers.valkey import ValkeyBroker

BROKERS: dict[str, Callable[[Path], Broker]] = {"valkey": ValkeyBroker, "rabbitmq": RabbitBroker}
"""Each starts nothing before it is entered."""

__all__ = ["BROKERS", "Broker"]
