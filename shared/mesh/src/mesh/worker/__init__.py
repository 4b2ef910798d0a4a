"""The worker: a Celery worker whose messages are handled in chunks by the mesh's delivery.

app.py         Celery, configured: the one place, each setting with its reason
intake.py      what arrives: recognised, or parked, and never a reason to stop
dispatcher.py  what waits: handed to the pool in chunks sized by what they cost
compression.py what is compressed: unpacked up to a limit
child.py       what is handled: in a child or a thread, by `mesh.delivery`
monitor.py     what Celery's tools see of it: counts and events; inspection.py: `inspect`
control.py     what remote control says: heard if it is a command
tasks.py       what a Celery client or a canvas sends: one by one, Celery's own way; routes.py: where to
delays.py      what RabbitMQ delays by itself
acks.py        what is settled: told to the broker in as few words as there can be
"""
