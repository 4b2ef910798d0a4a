"""Mailpit's search language, as far as it is useful here, as conditions on the mails."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A piece of SQL and its values."""

    sql: str
    values: Sequence[object] = ()


@dataclass(frozen=True)
class Term:
    """One word of a query: what must hold, and which mails must be parsed to tell (None: no mail)."""

    holds: Condition
    parsed: Condition | None = None


ALL = Condition("TRUE")

FIELDS = {
    "from": "json_extract(summary, '$.From.Name') || ' ' || json_extract(summary, '$.From.Address')",
    "subject": "json_extract(summary, '$.Subject')",
    "message-id": "json_extract(summary, '$.MessageID')",
}


def terms(query: str) -> list[Term]:
    """`to:x from:x subject:x message-id:x is:read is:unread` and plain words; quotes hold words together."""
    try:
        words = shlex.split(query.replace("'", "\\'"))
    except ValueError:  # a quote without its end: somebody is still typing
        words = query.replace('"', "").split()
    return [_term(word) for word in words]


def _term(word: str) -> Term:
    field, _, text = word.partition(":")
    match field.lower(), text:
        case "to", text:
            return Term(_contains("recipients", text))
        case "is", "read" | "unread":
            return Term(Condition("read = ?", [text == "read"]))
        case "message-id", text:
            # The id stands in the mail as it is: parse only those that have it somewhere.
            text = text.strip("<>")
            return Term(_contains(FIELDS["message-id"], text), Condition("instr(raw, ?)", [text.encode()]))
        case ("from" | "subject") as known, text:
            return Term(_contains(FIELDS[known], text), ALL)
        case _:
            return Term(Condition("instr(words, ?)", [word.casefold()]), ALL)


def _contains(column: str, text: str) -> Condition:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Condition(f"({column}) LIKE ? ESCAPE '\\'", [f"%{escaped}%"])
