"""The messages of the mesh: what services say to each other, and nothing of how it travels."""

from contracts.envelope import Envelope, Head, Producer, uuid7
from contracts.errors import ContractError, Refused, UnknownContract, UnknownVersion
from contracts.message import Command, Event, Message, Value
from contracts.registry import DEFAULT_LANE, Contract, contract, contract_of, contracts, model_of, versions_of
from contracts.sealed import Sealed

__all__ = [
    "DEFAULT_LANE",
    "Command",
    "Contract",
    "ContractError",
    "Envelope",
    "Event",
    "Head",
    "Message",
    "Producer",
    "Refused",
    "Sealed",
    "UnknownContract",
    "UnknownVersion",
    "Value",
    "contract",
    "contract_of",
    "contracts",
    "model_of",
    "uuid7",
    "versions_of",
]
