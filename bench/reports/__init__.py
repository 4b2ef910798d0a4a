"""`make bench-reports`: from events to figures, and from figures to files, of a month of a million orders."""
