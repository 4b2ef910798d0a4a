"""What handlers find in the application."""

import asyncio
from datetime import timedelta
from uuid import UUID

from aiohttp import web

from mesh import AsyncDatabase
from mesh.groupcommit import GroupCommit, GroupRead
from orders.api.access import Keyring
from orders.api.bell import Bell
from orders.domain import Order, Refused
from orders.store.answers import Answer
from orders.targets import Targets
from orders.usecases.placing import Placement

PLACING = web.AppKey("placing", GroupCommit[Placement, Answer | Refused])
"""Stores orders, those of requests at the same time in one transaction."""

READING = web.AppKey("reading", GroupRead[tuple[str, UUID], Order | None])
"""Finds an order of an account, those of requests at the same time by one statement."""

DATABASE = web.AppKey("database", AsyncDatabase)

BELL = web.AppKey("bell", Bell)

KEYRING = web.AppKey("keyring", Keyring)

PATIENCE = web.AppKey("patience", timedelta)
"""The time to pay an order."""

TARGETS = web.AppKey("targets", Targets)
"""Where webhooks may go."""

LISTENING = web.AppKey("listening", asyncio.Event)
"""Set when clients can connect."""
