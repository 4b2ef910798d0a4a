"""What reports does. Each function gets a transaction and leaves the commit to its caller.

landing.py      what arrives is kept as it is       transforming.py  it becomes facts
loading.py      facts become figures                rebuilding.py    both are made again
gathering.py    what a report tells, in sections    making.py        it becomes a file, and mails
planning.py     by which steps                      scheduling.py    when that falls due
quoting.py      exchange rates                      taking.py        files in a folder
importing.py    orders in a file                    reconciling.py   facts beside the orders service
"""
