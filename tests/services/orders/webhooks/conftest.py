"""An API that lets webhooks come to this machine, and where they come to."""

from collections.abc import Iterator
from typing import Any

import pytest
from api import Api, delivering, served
from hooked import Register
from receiver import Receiver


@pytest.fixture(scope="module")
def api(url: str) -> Iterator[Api]:
    """One that lets webhooks come to this machine."""
    with served(url, webhook_networks="127.0.0.0/8") as api:
        yield api


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def register(api: Api, tx: Any, receiver: Receiver) -> Register:
    """A webhook that leads to the receiver: its document."""

    def register(**wanted: Any) -> Any:
        answer = api.post("/v1/webhooks", {"url": receiver.url, **wanted})
        assert answer.status == 201, answer.text
        return answer.json

    return register


@pytest.fixture
def deliverer(api: Api, tx: Any) -> Iterator[None]:
    with delivering(api):
        yield
