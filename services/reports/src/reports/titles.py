"""What a report is called where it is announced: with its days, in the language of whoever gets it."""

# ruff: noqa: RUF001  # the dash is meant

from datetime import date


def title(kind: str, first: date, last: date, locale: str) -> str:
    """With its days as everybody reads them. English, where the language is not known here."""
    from reports.documents import readers, titles  # babel: what makes no report does without

    name = titles.title(kind, readers.reader(locale))
    return f"{name}, {first}" if first == last else f"{name}, {first} – {last}"
