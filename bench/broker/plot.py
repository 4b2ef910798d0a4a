"""The plot of all brokers, below each other."""

from bench.bars import chart, height, picture
from bench.broker.results import Results
from bench.broker.summary import summaries


def svg(results: Results) -> str:
    """What they drained and published."""
    parts: list[str] = []
    top = 0
    for broker, part in results.rounds.items():
        found = summaries(part.measurements)
        drained = {name: s.drained for name, s in found.items()}
        published = {name: s.published for name, s in found.items()}
        panels = {"drained a second": drained, "published a second": published}
        parts += chart(part.machine.get("broker", broker), panels, top)
        top += height(len(found))
    return picture(parts, top)
