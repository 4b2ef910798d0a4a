"""The flow from an order to all of its effects, built twice: by the mesh, and as people write it today."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from bench.flows.flow import Flow
from bench.flows.mesh import mesh
from bench.flows.stock import stock

FLOWS: dict[str, Callable[[Path, str | None], AbstractContextManager[Flow]]] = {"mesh": mesh, "stock": stock}
"""Each starts fresh servers and its processes in a directory, the named one under a profiler."""

__all__ = ["FLOWS", "Flow"]
