"""The same flow as plain Celery has it, rolled likewise and counted in the same ledger.

shop.py   the app: tasks, and what is sent
api.py    orders, over HTTP
schema.py its tables
rolls.py  the rolls
"""
