"""`reports person`: what is known of whom."""

from typing import Any

import click

from mesh import Service, Tx, person
from reports.usecases import people


def person_of(service: Service[Any]) -> click.Group:
    """The commands, for this service's database."""
    told = "Forget them. Figures stay; files with their name stay in the store for FILES_KEPT."
    return person.person_of(service, people.known, _erase, told)


def _erase(email: str, tx: Tx) -> list[str]:
    done = people.erase(email, tx)
    left = (f"left, since somebody set it up: schedule {id}" for id in done.schedules)
    return [f"erased: a customer of {done.accounts} accounts", *left]
