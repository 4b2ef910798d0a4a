"""An older build of the sample service, which knows less of what the newer one takes."""

from typing import Any

import sample

from mesh import Consumer, Service, Settings, Tx

consumer = Consumer[Any]("sample")


@consumer.handles(sample.Count, batch=100)
def count(messages: Any, tx: Tx, deps: Any) -> None:
    sample.enter(tx, "count", *(str(m.number) for m in messages))


service = Service(
    consumer=consumer,
    settings=Settings,
    wiring=sample.wiring,
    migrations="sample.migrations",
    build="0.9",
)
