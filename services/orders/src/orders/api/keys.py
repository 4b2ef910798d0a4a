"""What handlers find in the application."""

from aiohttp import web

from mesh import AsyncDatabase

DATABASE = web.AppKey("database", AsyncDatabase)
