"""Engines and sessions. `python -m bench.baselines.shop.database` makes the tables."""

import asyncio
import os

import orjson
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.baselines.shop.models import Base

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"),
    pool_size=8,  # as the mesh's API
    max_overflow=0,
    json_serializer=lambda value: orjson.dumps(value).decode(),
    json_deserializer=orjson.loads,
)
Session = async_sessionmaker(engine, expire_on_commit=False)
Reading: async_sessionmaker[AsyncSession] = async_sessionmaker(
    # One statement is a transaction by itself: BEGIN and ROLLBACK around it are two round trips.
    engine.execution_options(isolation_level="AUTOCOMMIT"),
    expire_on_commit=False,
    autoflush=False,
)


async def _create() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


if __name__ == "__main__":
    asyncio.run(_create())
