"""The checker's verdicts, against what pydantic really does. It must never call safe what breaks."""

import os
from typing import Any

from grammar import Parts, changed, messages, model, one, optional, parts, types
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from contracts.compatibility import problems
from contracts.schemas import reader
from contracts.verdicts import Pair

SENT = 4
"""Messages of each pair."""
EXAMPLES = int(os.environ.get("EXAMPLES", "150"))


def safe_is_read(written: Parts, read: Parts, data: st.DataObject) -> None:
    """Where nothing stands in the way, every message arrives, and as it was sent."""
    sender, receiver = model(written), model(read)
    found = problems(Pair.of(sender), Pair.of(receiver))
    changed = reader(sender) != reader(receiver)
    event(("changed, " if changed else "") + ("not safe" if found else "safe"))
    assume(changed and not found)
    for message in data.draw(st.lists(messages(sender, written), min_size=SENT, max_size=SENT)):
        arrives(message, receiver, read)


def arrives(message: Any, receiver: type[Any], read: Parts) -> None:
    """It is read, and says what it said."""
    sent = message.model_dump(mode="json")
    assume(same(sent, type(message).read(sent).model_dump(mode="json")))  # else its own kind would not do
    arrived = receiver.read(sent).model_dump(mode="json")
    for name, part in read.items():
        found = [other for other in (name, *part.aliases) if other in sent]
        assert not found or same(sent[found[0]], arrived[name])


def same(sent: Any, arrived: Any) -> bool:
    """Whether what both know of is alike: fields come with a version and go with another."""
    match sent, arrived:
        case dict(), dict():
            return all(same(sent[name], arrived[name]) for name in sent.keys() & arrived.keys())
        case list(), list():
            return len(sent) == len(arrived) and (
                all(map(same, sent, arrived))
                or all(map(same, sorted(sent, key=to_json), sorted(arrived, key=to_json)))
            )
    if isinstance(sent, bool) or isinstance(arrived, bool):
        return sent is arrived
    return bool(sent == arrived)  # 1 and 1.0 are the same number


slowly = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@given(st.data())
@slowly
def test_a_message_that_is_called_safe_is_read(data: st.DataObject) -> None:
    before = data.draw(parts)
    after = data.draw(changed(before))
    assume(after)
    written, read = data.draw(st.permutations([before, after]))
    safe_is_read(written, read, data)


@given(st.data())
@slowly
def test_a_type_that_is_called_safe_is_read(data: st.DataObject) -> None:
    before = data.draw(types)
    after = data.draw(st.one_of(before.near(), st.just(optional(before))))
    written, read = data.draw(st.permutations([one(before), one(after)]))
    safe_is_read(written, read, data)
