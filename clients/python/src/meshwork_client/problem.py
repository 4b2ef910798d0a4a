"""What can go wrong.

MeshworkError
├── ApiError           the API answered with a problem; each kind of them is a class in `errors`
├── Unreachable        no answer, in all attempts
└── NotUnderstood      an answer that is not as described
"""

from collections.abc import Mapping
from typing import Any

from meshwork_client.models import Problem


class MeshworkError(Exception):
    """All of them."""


class Unreachable(MeshworkError):
    """No answer, in all attempts. It may have been done all the same: ask again with the same key."""


class NotUnderstood(MeshworkError):
    """An answer that is not as described."""


class ApiError(MeshworkError):
    """The API answered with a problem."""

    def __init__(self, problem: Problem, headers: Mapping[str, str]) -> None:
        super().__init__(f"{problem.status} {problem.type}: {problem.title}")
        self.problem = problem
        """The document: RFC 9457."""
        self.more: Mapping[str, Any] = problem.model_extra or {}
        """What its kind says beside what each says, such as `possible` and `left`."""
        self.request_id = headers.get("X-Request-Id")
        """Under which the API's people find it in their logs."""
        self.headers = headers
