"""What reports does. Each function gets a transaction and leaves the commit to its caller.

landing.py      what arrives is kept as it is       transforming.py  it becomes facts
loading.py      facts become figures                rebuilding.py    both are made again
gathering.py    what a report tells, in sections    operating.py     of the mesh itself
planning.py     by which steps                      making.py        it becomes a file, and mails
statementing.py statements of all customers         people.py        what is known of whom
scheduling.py   when a report falls due             chores.py        when a source is looked at
ticking.py      both, for a beat                    quoting.py       exchange rates
taking.py       files in a folder                   importing.py     orders in a file
reconciling.py  facts beside the orders service
"""
