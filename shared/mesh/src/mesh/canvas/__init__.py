"""The typed canvas: work of several services, as steps that carry each other's replies on.

    report = chain(
        group(step(AddUp, report_id=id, day=day) for day in days),    # each replies PartialSum
        step(Render, report_id=id),                                   # has `replies: tuple[PartialSum, ...]`
        step(SendReport, to=to),                                      # has what Render replies: `file`
    ).link_error(step(ReportBroke, report_id=id))                     # has `failed: Failed`

    canvas.put(tx, report, id=id)         # sent if this transaction commits; again, as often as you like

It is refused while it is built, with both steps and the field, if one's reply is not what the next one's
message lacks. Celery carries it out: a step is a message like any other, and handled once. A canvas that is
put again under its id does what was not done, since a step's id follows from that id and the step's place.

nodes.py      what a canvas is made of
building.py   step, chain, group, chord, spread, and what is refused
fitting.py    whether replies are what the next step lacks
places.py     steps by their places, and the ids that follow
written.py    the messages that begin it, with what follows them, as Celery has it
sending.py    put, send
results.py    revoke, states: what the Redis of results knows
"""

from mesh.canvas.building import chain, chord, group, spread, step
from mesh.canvas.nodes import Canvas, Node, Step
from mesh.canvas.places import Placed, steps
from mesh.canvas.results import State, revoke, states
from mesh.canvas.sending import put, send

__all__ = [
    "Canvas",
    "Node",
    "Placed",
    "State",
    "Step",
    "chain",
    "chord",
    "group",
    "put",
    "revoke",
    "send",
    "spread",
    "states",
    "step",
    "steps",
]
