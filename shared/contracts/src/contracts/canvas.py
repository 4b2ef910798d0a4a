"""What who sends a canvas is told of it."""

from typing import Literal
from uuid import UUID

from contracts.message import Value


class Failed(Value):
    """A step of a canvas that was not handled: the field `failed` of the message that `link_error` names."""

    canvas_id: UUID
    step_id: UUID
    """The id of its message: of the dead letter, where there is one."""
    step: str
    """What it is called on the wire, such as reports.add_up."""
    kind: Literal["dead", "expired", "unreached"]
    """dead: a dead letter of the service that owns it, which may be replayed. expired: it was not begun in
    time. unreached: it follows a group of which a part was not handled: that was told for itself."""
    reason: str
    """For operators: it may tell of the inside of that service."""
