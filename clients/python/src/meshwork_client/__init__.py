"""The Meshwork orders API: `Meshwork`; and `AsyncMeshwork`, whose methods are the same, to be awaited."""

from meshwork_client import errors as errors
from meshwork_client import models as models
from meshwork_client.async_operations import AsyncOperations
from meshwork_client.operations import Operations
from meshwork_client.problem import ApiError as ApiError
from meshwork_client.problem import MeshworkError as MeshworkError
from meshwork_client.problem import NotUnderstood as NotUnderstood
from meshwork_client.problem import Unreachable as Unreachable
from meshwork_client.retries import Retries as Retries


class Meshwork(Operations):
    """The orders API, for one key. Threads may share it."""


class AsyncMeshwork(AsyncOperations):
    """The orders API, for one key. The tasks of one loop may share it."""
