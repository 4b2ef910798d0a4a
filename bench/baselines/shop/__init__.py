"""The orders API as people write it today: FastAPI, SQLAlchemy 2 with asyncpg, Celery.

    api.py          POST and GET /v1/orders, GET /v1/orders/{id}
    announcing.py   the tasks of an order: sent after the commit, or left in an outbox by the same transaction
    relay.py        moves the outbox to Celery
    access.py       API keys, hashed, remembered for a few seconds
    pages.py        lists with cursors
    models.py, schema.py, database.py, celery_app.py: what these share

Its documents, checks, filters and indexes are those of the mesh's API. What it does not do stands in
bench/README.md.
"""
