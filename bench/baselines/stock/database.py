"""The shared database: sessions for workers. `python -m bench.baselines.stock.database` makes the tables."""

import os

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from bench.baselines.stock.models import Base

# Connects at its first use, which in a worker is after the fork.
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"), pool_size=1)
Session = sessionmaker(engine, expire_on_commit=False)

if __name__ == "__main__":
    Base.metadata.create_all(engine)
