"""Orders of elsewhere, from a file to the figures."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from commands import run

from contracts.reports import SalesRecorded, TakeFiles
from mesh import Database, testing
from mesh.database import Tx, connect
from mesh.files import FileStore
from mesh.testing import sent
from reports.sources.folder import Dropped
from reports.tasks import consumer
from reports.usecases import landing
from reports.usecases.taking import Counter
from reports.wiring import Deps

HEAD = "order,placed_at,customer_email,customer_name,country,currency,sku,name,quantity,unit_price,account\n"


def row(order: str, sku: str = "T-1", quantity: object = 2, account: str = "shop") -> str:
    return f"{order},2026-11-21T10:00:00Z,ada@example.com,Ada,GB,EUR,{sku},Tea,{quantity},12.50,{account}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dropped"
    made.mkdir()
    return made


@pytest.fixture
def take(url: str, database: Database, tx: Tx, folder: Path, files: FileStore) -> Callable[[], None]:
    """Has a worker look at the folder, and what follows from it done."""
    counter = Counter(Dropped(folder), partial(connect, url, "tests"), files, settled=0.05)

    def take() -> None:
        testing.deliver(consumer, database, Deps(files, counter=counter), TakeFiles())
        testing.settle(consumer, database, Deps(files), tx)

    return take


def sales(tx: Tx) -> list[tuple[Any, ...]]:
    return tx.execute("SELECT account, orders, items, revenue FROM days ORDER BY account").fetchall()


def lies(folder: Path, where: str) -> list[str]:
    return sorted(path.suffix for path in (folder / where).glob("*"))


def test_a_file_in_the_folder_becomes_figures(
    take: Callable[[], None], folder: Path, tx: Tx, files: FileStore, tmp_path: Path
) -> None:
    (folder / "orders.csv").write_text(HEAD + row("A-1") + row("A-1", "M-1", 1) + row("A-2", account="books"))
    take()
    assert sales(tx) == [("books", 1, 2, 2500), ("shop", 1, 3, 3750)]
    assert lies(folder, "taken") == [".csv"]
    [[kept]] = tx.execute("SELECT digest FROM landed_documents").fetchall()
    assert [path for path in (tmp_path / "files").rglob("*") if kept[2:] in str(path)]
    [[producer]] = tx.execute("SELECT DISTINCT envelope->'producer'->>'service' FROM landed").fetchall()
    assert producer == "csv"
    assert len([id for told in sent(tx, SalesRecorded) for id in told.order_ids]) == 2


def test_the_same_orders_again_count_once(take: Callable[[], None], folder: Path, tx: Tx) -> None:
    for content in (row("A-1"), row("A-1"), row("A-1") + row("A-2"), row("A-1", quantity=9)):
        (folder / "orders.csv").write_text(HEAD + content)
        take()
    assert sales(tx) == [("shop", 2, 4, 5000)]


def test_an_order_that_any_fault_names_is_not_taken(take: Callable[[], None], folder: Path, tx: Tx) -> None:
    rows = [row("A-1"), row("A-2", quantity="many"), row("A-3"), row("A-1", "M-1"), row("A-4")]
    (folder / "orders.csv").write_text(HEAD + "".join(rows))
    take()
    assert sales(tx) == [("shop", 2, 4, 5000)]
    [why] = (folder / "taken").glob("*.why")
    first, second = why.read_text().splitlines()
    assert first.startswith("line 3, quantity: 'many' is no number")
    assert second.startswith("line 5, order: it stands further up")


def test_a_file_that_is_none_is_refused_whole(take: Callable[[], None], folder: Path, tx: Tx) -> None:
    good = HEAD + row("A-1") * 3000
    (folder / "orders.csv").write_bytes(good.encode() + b"\xff")
    take()
    assert (sales(tx), tx.execute("SELECT * FROM landed_documents").fetchall()) == ([], [])
    assert lies(folder, "refused") == [".csv", ".why"]


def test_one_whose_worker_died_before_the_move_is_not_taken_twice(
    take: Callable[[], None], folder: Path, tx: Tx
) -> None:
    (folder / "orders.csv").write_text(HEAD + row("A-1"))
    take()
    [moved] = (folder / "taken").glob("*.csv")
    moved.rename(folder / "orders.csv")
    take()
    assert sales(tx) == [("shop", 1, 2, 2500)]
    assert lies(folder, "taken") == [".csv"]


def test_one_that_changes_while_it_is_read_waits(
    take: Callable[[], None], folder: Path, tx: Tx, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "orders.csv"
    file.write_text(HEAD + row("A-1"))
    keep = landing.keep

    def meanwhile(*arguments: Any) -> None:
        keep(*arguments)
        with file.open("a") as more:
            more.write(row("A-2"))

    monkeypatch.setattr("reports.usecases.importing.keep", meanwhile)
    take()
    assert sales(tx) == []
    monkeypatch.setattr("reports.usecases.importing.keep", keep)
    take()
    assert sales(tx) == [("shop", 2, 4, 5000)]


def test_without_a_folder_nothing_is_taken(database: Database, tx: Tx) -> None:
    testing.deliver(consumer, database, Deps(None), TakeFiles())
    assert tx.execute("SELECT * FROM dead_letters").fetchall() == []


@pytest.fixture
def orders(url: str, tx: Tx) -> Callable[..., Any]:
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    return lambda *arguments, **more: run("reports", "orders", *arguments, **{**environment, **more})


def test_the_command_takes_a_file(
    orders: Callable[..., Any], folder: Path, database: Database, tx: Tx
) -> None:
    file = folder / "old.csv"
    file.write_bytes(
        (HEAD + row("A-1", account="") + row("A-2", quantity=0, account=""))
        .replace("Tea", "Чай")
        .encode("cp1251")
    )
    asked = ("import", str(file), "--encoding", "cp1251", "--account", "till")
    code, output, errors = orders(*asked)
    assert (code, output) == (1, "old.csv: 1 orders, 1 of them new; 1 faults\n")
    assert errors == "line 3, quantity: it is not from 1 to 1000000 (order A-2)\n"
    assert orders(*asked)[1] == "old.csv: 1 orders, 0 of them new; 1 faults\n"
    testing.settle(consumer, database, Deps(None), tx)
    assert sales(tx) == [("till", 1, 2, 2500)]
    code, _, errors = orders("import", str(file))
    assert (code, "name its encoding" in errors) == (2, True)


def test_the_command_looks_into_the_folder(orders: Callable[..., Any], folder: Path) -> None:
    (folder / "orders.csv").write_text(HEAD + row("A-1"))
    code, output, errors = orders("take", ORDERS_FOLDER=str(folder), LOG_LEVEL="warning")
    assert (code, output, errors) == (0, "orders.csv: 1 orders, 1 of them new; 0 faults\n", "")
    assert orders("take")[0] == 2
