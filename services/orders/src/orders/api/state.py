"""What handlers find in the application."""

import asyncio
from datetime import timedelta
from uuid import UUID

from aiohttp import web

from mesh import AsyncDatabase
from mesh.announcer import Announcer
from mesh.files import FileStore
from mesh.groupcommit import GroupCommit, GroupRead
from mesh.links import Links
from mesh.ratelimit import RateLimiter
from orders.api.access import Keyring
from orders.api.bell import Bell
from orders.api.limits import Limits
from orders.api.metrics import Metrics
from orders.api.pages import Pages
from orders.api.underway import Underway
from orders.domain import Order, Refused
from orders.store.answers import Answer
from orders.targets import Targets
from orders.usecases.placing import Placement

PLACING = web.AppKey("placing", GroupCommit[Placement, Answer | Refused])
"""Stores orders, those of requests at the same time in one transaction."""

READING = web.AppKey("reading", GroupRead[tuple[str, UUID], Order | None])
"""Finds an order of an account, those of requests at the same time by one statement."""

DATABASE = web.AppKey("database", AsyncDatabase)

FILES = web.AppKey("files", FileStore)
"""Where reports lie. Not there: none are made."""

LINKS = web.AppKey("links", Links)
"""Not there: no link opens."""

VAPID = web.AppKey("vapid", str)
"""What browsers need to subscribe to pushes. Not there: they cannot."""

LIMITS = web.AppKey("limits", Limits)
"""How often each may ask."""

BELL = web.AppKey("bell", Bell)

PAGES = web.AppKey("pages", Pages)
"""Finds events for streams, those that ask for the same at the same time by one statement."""

KEYRING = web.AppKey("keyring", Keyring)

LIMITER = web.AppKey("limiter", RateLimiter)
"""Not there: nothing is counted."""

PATIENCE = web.AppKey("patience", timedelta)
"""The time to pay an order."""

TARGETS = web.AppKey("targets", Targets)
"""Where webhooks may go."""

METRICS = web.AppKey("metrics", Metrics)

UNDERWAY = web.AppKey("underway", Underway)
"""The requests that are being worked on."""

ANNOUNCER = web.AppKey("announcer", Announcer)
"""Who tells the broker that this process lives. Not there: nobody does."""

STOPPING = web.AppKey("stopping", asyncio.Event)
"""Set as soon as the process is told to stop. Whatever would last (a stream) has to end by itself then."""

LISTENING = web.AppKey("listening", asyncio.Event)
"""Set when clients can connect."""
