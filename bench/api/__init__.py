"""The orders API under load, beside what people write today: `python -m bench.api`.

apis.py        who takes part, and how each is started
asks.py        what is asked
load.py        asks it, in a process of its own
fill.py        orders that are in the tables beforehand
measure.py     one measurement, and what must be true after it
beside.py, sizes.py, memory.py      the parts of a run
results.py, summary.py, targets.py, report.py, plot.py      what is kept and how it is shown
"""
