"""`make rolling`: old and new builds side by side under load, rolled in every order, counted from outside.

changes.py    what a build has that the one before it had not: diffs, most of them from the documentation
builds.py     wheels of such a source tree, each service in a virtual environment of its own
scenarios.py  the rolls, as tables: which processes get which build, in which order
ground.py     the servers, for all rolls
fleet.py      the processes of one roll: replaced by SIGTERM or by SIGKILL
load.py       orders at a steady rate, each placed until it is accepted
ledger.py     what there is to see from outside: mails, figures, timelines, and what was left over
logs.py       what each process says that it handled
verdict.py    the sums: lost, twice, misread, waited
roll.py       one roll, from the first process to the verdict
plain/        the same flow as plain Celery has it, to be rolled likewise
results.py    what was measured, as JSON; tables.py and timeline.py: for people
"""
