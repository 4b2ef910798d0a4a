"""Whether a server may be trusted with messages. Asked once for each connection, before anything else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from mesh.errors import RefusedAtStart

if TYPE_CHECKING:
    from redis import Redis  # slow to import; the word that settings say needs none

Persistence = Literal["required", "optional"]

OLDEST = (6, 2)
"""Every server that is supported somewhere is newer; the tests run on Redis 7.0 and on Valkey 9."""


def refuse_unsafe(client: "Redis", persistence: Persistence) -> None:
    """Raise RefusedAtStart, with what to do, for a server that would lose messages as it is set up."""
    for wrong, why in _faults(client.info(), persistence):
        if wrong:
            raise RefusedAtStart(f"this broker would lose messages: {why}")


def _faults(facts: dict[str, Any], persistence: Persistence) -> Iterator[tuple[bool, str]]:
    version = str(facts.get("redis_version", "0.0"))
    policy = facts.get("maxmemory_policy", "noeviction")
    yield (
        tuple(int(x) for x in version.split(".")[:2]) < OLDEST,
        f"it is version {version}, where Redis 6.2 or newer, or any Valkey, is needed",
    )
    yield (
        policy != "noeviction",
        f"with maxmemory-policy {policy} it forgets some when memory is full: set noeviction there",
    )
    yield (
        persistence == "required" and not facts.get("aof_enabled"),
        "with appendonly off a restart forgets all: set it on, or BROKER_PERSISTENCE=optional here",
    )
    yield (
        facts.get("role") == "slave",
        "it is a replica: name its master, or the sentinels (streams+sentinel://…?master=<name>)",
    )
    yield bool(facts.get("cluster_enabled")), "it is a cluster, where one server, with replicas, is needed"
