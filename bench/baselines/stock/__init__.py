"""The flow as people write it today: FastAPI, SQLAlchemy 2, Celery on Redis, one shared database.

    api.py        POST /v1/orders: commit, then `send_task` to emails and to reports
    emails.py     the worker that mails the receipt, then sends orders a task to note it
    reports.py    the worker that keeps the figures
    orders.py     the worker that notes on timelines
    models.py, schema.py, celery_app.py, database.py, receipt.py: what these share

It does what the documentation of each library recommends, and leaves the rest at its default. It promises
less than the mesh: a crash between its commit and its `send_task` loses the receipt, and a redelivery mails
or counts twice.
"""
