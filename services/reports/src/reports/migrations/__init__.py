"""The tables of reports: alembic versions, run by `reports migrate`."""
