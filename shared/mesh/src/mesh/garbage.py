"""Python's search for reference cycles, made rare: what a service handles is freed by counting references.

By default it runs for every 700 new objects, and goes through more of those that stay the more of them there
are: with the modules of a worker loaded, it took a third of the time of messages that are handled in batches.
"""

import gc

_EVERY = 20_000
"""New objects between two searches: those of a chunk. What cycles among them keep until then is little."""


def later() -> None:
    """Not before `rare`: while modules are loaded, most of what is new stays, and a search finds little.

    It took a tenth of the time that a process takes to start.
    """
    gc.disable()


def rare() -> None:
    """Never look again through what is there now.

    To be called when a process has loaded its modules, before it forks: children share what nobody touches.
    And once more when it is ready.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_EVERY, 10, 10)
