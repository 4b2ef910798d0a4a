"""The flow: what a service's workers did, counted for people; nothing of delivery depends on it.

    a child of a worker, or its threads     each minute, and at a stop     the relay
    tally, in memory                    ->  table flow_untold          ->  the service's `flow` command

tally.py    counts, in the process that settles messages
teller.py   moves them into the service's database
untold.py   the table, and from there into the outbox
"""
