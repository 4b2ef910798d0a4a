"""A customer's statement: what they owed, ordered, paid, and owe."""

from collections.abc import Iterator, Sequence

from reports.documents.kinds.customer_statement import Account, CustomerStatement, Entry
from reports.documents.pages import shared
from reports.documents.pages.layout import Column, KeyFigure, Page, Table, Value
from reports.documents.readers import Reader
from reports.documents.text import one_line
from reports.documents.titles import title


def page(report: CustomerStatement, reader: Reader) -> Page:
    single = len(report.accounts) == 1
    whose = [one_line(report.customer.name), one_line(report.customer.email)]
    return Page(
        title=title(report.KIND, reader),
        subtitle=shared.subtitle(reader, report.first_day, report.last_day, *whose),
        currency=shared.in_currency(reader, report.accounts[0].currency) if single else "",
        figures=list(_figures(report.accounts, reader)),
        notes=(),
        parts=[_table(account, reader, single=single) for account in report.accounts],
        empty=reader.gettext("There is nothing on this account in this time."),
    )


def _figures(accounts: Sequence[Account], reader: Reader) -> Iterator[KeyFigure]:
    if len(accounts) == 1:
        yield from _of_one(accounts[0], reader)
        return
    for each in accounts:
        label = reader.gettext("Closing balance, %(currency)s", currency=each.currency)
        yield KeyFigure(label, each.closing, "money", each.currency)


def _of_one(account: Account, reader: Reader) -> list[KeyFigure]:
    figures = (
        (reader.gettext("Closing balance"), account.closing),
        (reader.gettext("Opening balance"), account.opening),
        (reader.gettext("Charged"), account.charged),
        (reader.gettext("Paid"), account.paid),
        (reader.gettext("Of it paid back"), account.refunded),
    )
    return [KeyFigure(label, amount, "money", account.currency) for label, amount in figures]


def _table(account: Account, reader: Reader, *, single: bool) -> Table:
    title = (
        reader.gettext("Orders and payments")
        if single
        else reader.gettext("Orders and payments in %(currency)s", currency=account.currency)
    )
    columns = [
        Column(reader.gettext("Time, UTC"), "moment"),
        Column(reader.gettext("Entry")),
        Column(reader.gettext("Order"), "code"),
        Column(reader.gettext("Charged"), "money", account.currency, summed=True),
        Column(reader.gettext("Paid"), "money", account.currency, summed=True),
        Column(reader.gettext("Balance"), "money", account.currency, running=(3, 4)),
    ]
    return Table(
        title,
        columns,
        _rows(account, reader),
        first=(None, reader.gettext("Opening balance"), None, None, None, account.opening),
        last=(None, reader.gettext("Closing balance"), None, account.charged, account.paid, account.closing),
    )


def _rows(account: Account, reader: Reader) -> list[Sequence[Value]]:
    words = _words(reader)
    lines = zip(account.entries, account.balances, strict=True)
    return [_row(entry, words, balance) for entry, balance in lines]


def _row(entry: Entry, words: dict[str, str], balance: int) -> Sequence[Value]:
    charged, paid = entry.charged or None, entry.paid or None
    return entry.at, words[entry.what], one_line(entry.order), charged, paid, balance


def _words(reader: Reader) -> dict[str, str]:
    return {
        "order": reader.gettext("Order placed"),
        "payment": reader.gettext("Payment received"),
        "refund": reader.gettext("Refund"),
        "cancellation": reader.gettext("Order cancelled"),
    }
