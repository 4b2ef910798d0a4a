"""A real Valkey that keeps what it is given."""

import socket
from pathlib import Path

import pytest
import redis

from embedded.binaries import REDIS, VALKEY, NoProgram, valkey_program
from embedded.ports import free_port
from embedded.valkey import Valkey


def test_data_stays_and_a_password_is_needed(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        assert valkey.url == f"streams+{valkey.redis_url}"
        with redis.Redis.from_url(valkey.redis_url) as client:
            client.xadd("orders", {"id": 1})
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with redis.Redis(port=valkey.port, retry=None) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        port = valkey.port
    with Valkey(tmp_path) as valkey, redis.Redis.from_url(valkey.redis_url) as client:
        assert valkey.port == port
        assert client.xlen("orders") == 1


def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    with Valkey(tmp_path, durable=False) as valkey:
        port = valkey.port
    with socket.create_server(("127.0.0.1", port)), Valkey(tmp_path, durable=False) as valkey:
        assert valkey.port != port


def test_a_free_port_is_the_preferred_one_if_that_is_free() -> None:
    preferred = free_port()
    assert free_port(preferred) == preferred
    with socket.create_server(("127.0.0.1", preferred)):
        assert free_port(preferred) != preferred


@pytest.mark.parametrize(("name", "title"), [(VALKEY, "Valkey"), (REDIS, "Redis")])
def test_it_runs_the_program_that_it_is_told(name: str, title: str, tmp_path: Path) -> None:
    try:
        program = valkey_program(name)
    except NoProgram as missing:
        pytest.skip(str(missing))
    with Valkey(tmp_path, durable=False, program=program) as valkey:
        assert valkey.title.startswith(title)
