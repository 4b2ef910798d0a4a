"""The services' programs, as operators call them."""

import importlib
from collections import Counter
from collections.abc import Iterator

import click
import pytest


def commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


@pytest.mark.parametrize("service", ["orders", "emails", "reports"])
def test_an_option_means_one_thing(service: str) -> None:
    """click takes the last of two that are called alike, and the other one cannot be said."""
    found = list(commands(importlib.import_module(f"{service}.main").cli))
    assert len(found) > 10
    for command in found:
        names = Counter(name for each in command.params for name in (*each.opts, *each.secondary_opts))
        assert not [name for name, times in names.items() if times > 1], command.name
