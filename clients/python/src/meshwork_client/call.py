"""One call of the API: what is sent, and what is made of the answer. It knows no network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx2
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import from_json, to_json, to_jsonable_python

from meshwork_client.errors import BY_TYPE
from meshwork_client.models import Problem
from meshwork_client.problem import ApiError, MeshworkError, NotUnderstood, Unreachable

Answer = TypeVar("Answer", bound=BaseModel)
Outcome = httpx2.Response | httpx2.TransportError


class Nothing(BaseModel):
    """There is nothing to say."""

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        return cls()


class Content(RootModel[bytes]):
    """A file, as it is: its bytes are the `root`."""

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        return cls.model_construct(json_data.encode() if isinstance(json_data, str) else bytes(json_data))


class Lines(RootModel[list[Answer]], Generic[Answer]):
    """Documents, one in each line."""

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        return cls.model_validate([from_json(line) for line in json_data.splitlines()])


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """None, wherever it stands: that is not said."""

    method: str
    path: str
    answer: type[Answer]
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    content: bytes | None = None
    """What is sent, where that is no document of the API's."""

    def sent(self, always: Mapping[str, str]) -> dict[str, Any]:
        """For httpx2's `build_request`. To be made once: a POST has a key, which stays over all attempts."""
        always = {**always, "Content-Type": "application/json"} if self.body is not None else always
        own = {"Idempotency-Key": str(uuid4())} if self.method == "POST" else {}
        told = {name: _header(value) for name, value in _said(self.headers).items()}
        return {
            "method": self.method,
            "params": [*_pairs(self.query)] or None,  # an empty list would take away the path's own
            "headers": {**always, **own, **told},
            "content": self.content if self.body is None else to_json(_said(self.body), exclude_none=True),
        }

    def at(self, path: str) -> "Call[Answer]":
        """The same elsewhere: a path with a query of its own."""
        return replace(self, path=path, query={})

    def read(self, outcome: Outcome) -> Answer:
        """Raises ApiError, Unreachable and NotUnderstood."""
        if failure := self.failure(outcome):
            raise failure
        assert isinstance(outcome, httpx2.Response)
        return self.parsed(outcome.content)

    def failure(self, outcome: Outcome) -> MeshworkError | None:
        """What it is raised as. None: it is none."""
        if isinstance(outcome, httpx2.Response):
            return None if outcome.is_success else error(outcome)
        failure = Unreachable(f"{self.method} {self.path}: {outcome!r}")
        failure.__cause__ = outcome
        return failure

    def parsed(self, document: bytes | str) -> Answer:
        """Raises NotUnderstood."""
        try:
            return self.answer.model_validate_json(document)
        except ValidationError as reason:
            raise NotUnderstood(f"the answer to {self.method} {self.path}: {reason}") from reason


def error(response: httpx2.Response) -> ApiError:
    """What an answer that is an error is raised as; also where it is none of the API's, but a proxy's."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        title = response.reason_phrase or "No reason was given."
        problem = Problem(type="about:blank", title=title, status=response.status_code)
    return BY_TYPE.get(problem.type, ApiError)(problem, response.headers)


def segment(value: object) -> str:
    """Of a path."""
    return quote(str(value), safe="")


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _header(value: object) -> str:
    """A number is a version, and that is a tag."""
    return f'"{value}"' if isinstance(value, int) else str(value)


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A list says its name again and again, a map `name[key]`."""
    for name, value in to_jsonable_python(_said(query)).items():
        match value:
            case list():
                yield from ((name, str(each)) for each in value)
            case dict():
                yield from ((f"{name}[{key}]", str(each)) for key, each in value.items())
            case _:
                yield name, str(value)
