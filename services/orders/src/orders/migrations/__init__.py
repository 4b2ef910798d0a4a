"""The tables of orders: alembic versions, run by `orders migrate`."""
