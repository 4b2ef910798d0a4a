"""What handlers find in the application."""

import asyncio

from aiohttp import web

from mesh import AsyncDatabase
from mesh.groupcommit import GroupCommit
from orders.usecases import Placement

PLACING = web.AppKey("placing", GroupCommit[Placement])
"""Stores orders, those of requests at the same time in one transaction."""

DATABASE = web.AppKey("database", AsyncDatabase)

LISTENING = web.AppKey("listening", asyncio.Event)
"""Set when clients can connect."""
