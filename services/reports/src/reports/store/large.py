"""Statements that touch thousands of rows of tables that have millions."""

from mesh import Tx

_STEPS = 0x7265706F727473
"""The advisory lock that steps share, and that who rebuilds holds alone ("reports", in hexadecimal)."""
_PLAN = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
        set_config('work_mem', '64MB', true), set_config('enable_memoize', 'off', true),
        set_config('statement_timeout', '0', true)  -- who waits for a rebuild has a time limit for all
"""
_SHARE = f"SELECT pg_advisory_xact_lock_shared({_STEPS})"
_HOLD = f"SELECT pg_advisory_xact_lock({_STEPS})"


def step(tx: Tx) -> None:
    """Begin a step from what landed towards the figures. Any number of them run at once.

    Rows are found by index, whatever was known of the tables when a statement was planned: a plan that was
    made for a small table is kept when that grows, and reads all of it. What is looked up is not remembered:
    planners expect orders with the same lines to come again, and keep the lines of each.
    """
    tx.execute(_PLAN)
    tx.execute(_SHARE)


def alone(tx: Tx) -> None:
    """Begin to rebuild: steps wait until this transaction ends, what arrives still lands."""
    tx.execute(_PLAN)
    tx.execute(_HOLD)
