"""What can be wrong with a message, and what that means for it.

ContractError        it is understood to be wrong: no retry will mend it
|- UnknownContract   this build knows no such name: a newer build may
|- UnknownVersion    this build knows the name, not the version: a newer (or older) build may
"""

from pydantic import ValidationError

_TOLD = 20  # faults in one text: a long list of wrong values has one for each


class ContractError(ValueError):
    """The data does not fit the contract that it names."""


class UnknownContract(ContractError):
    """No contract of this name is known to this build."""


class UnknownVersion(ContractError):
    """The name is known to this build, the version is not."""


class Refused(Exception):
    """What was asked of the released contracts cannot be done; the text says what to do instead."""


def explain(error: ValidationError) -> str:
    """Each field that does not fit and why, never its value: it goes into logs and may be personal."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    told = [f"{'.'.join(map(str, e['loc'])) or 'document'}: {_reason(e['msg'])}" for e in found[:_TOLD]]
    more = [f"and {len(found) - _TOLD} more"] if len(found) > _TOLD else []
    return "; ".join(told + more)


def _reason(message: str) -> str:
    """What pydantic says, without what may quote the value: it comes after a colon or `found`."""
    return message.partition(": ")[0].partition(", found")[0]
