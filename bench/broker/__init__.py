"""`make bench-broker`: the mesh on its broker, beside stock Celery, dramatiq, FastStream and the bare client.

order.py, tally.py   what is sent and handled, and what the handlers say of it
senders/, workers/   what each contestant's own processes run; told by their environment
contestants.py       who takes part, with which settings and why
ground.py, brokers/  the servers that they stand on
measure.py           one measurement: publish, drain, idle
backlog.py           a million messages
results.py, report/  what is kept, and how it is shown
"""
