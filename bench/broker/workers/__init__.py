"""What the processes of each contestant run: a module each, as its own documentation would have it.

Their environment says where the broker is (`BENCH_URL`; for the mesh `BROKER_URL`, which Celery's command
line would read too) and where the tally.
"""
