"""What who sends a canvas and who works on it agree on, beside what its messages say (`wire`)."""

from uuid import UUID, uuid5


def failure_id(step: UUID, sending: UUID, number: int) -> UUID:
    """The id of the message that tells of a step's failure: once for each sending."""
    return uuid5(step, f"failed {sending} {number}")


def revoked_key(id: str) -> str:
    """Where the Redis of results has it that a canvas is called off."""
    return f"mesh-canvas-revoked-{id}"
