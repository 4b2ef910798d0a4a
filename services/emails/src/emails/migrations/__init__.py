"""The tables of emails: alembic versions, run by `emails migrate`."""
