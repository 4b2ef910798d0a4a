"""The whole mesh on one machine that has only Python: real servers from wheels, run and watched by us."""
