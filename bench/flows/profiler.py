"""One program of a flow under a profiler: to see inside, not to compare. Rates are then not worth keeping."""

import sys
from pathlib import Path

FOLDER = Path(".meshwork/profiles")


def python(name: str, profiled: str | None) -> list[str | Path]:
    """What comes before a script, or before `-m` and a module: Python, with cProfile where this is the one.

    It sees the main thread, and neither other threads nor children: of a worker, what Celery's own process
    does. Read it with `python -m pstats .meshwork/profiles/orders-api.prof`.
    """
    if name != profiled:
        return [sys.executable]
    FOLDER.mkdir(parents=True, exist_ok=True)
    return [sys.executable, "-m", "cProfile", "-o", FOLDER.absolute() / f"{name.replace(' ', '-')}.prof"]
