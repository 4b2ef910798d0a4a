"""`mesh contracts` as a person, or CI, calls it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run

Mesh = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tree(checkout: Path) -> Path:
    return checkout / "shared/contracts"


@pytest.fixture
def mesh(tree: Path) -> Mesh:
    return lambda *words: run("mesh", "contracts", *words, PYTHONPATH=str(tree / "src"))


def change(tree: Path, old: str, new: str) -> None:
    module = tree / "src/contracts/orders.py"
    text = module.read_text()
    assert text.count(old) == 1
    module.write_text(text.replace(old, new))


def test_what_is_released_is_fine(mesh: Mesh) -> None:
    code, said, _ = mesh("check", "--json")
    told = json.loads(said)
    assert (code, told["fine"]) == (0, True)
    assert all(c["legal"] for c in told["contracts"])


def test_programs_are_told_what_people_are(mesh: Mesh, tree: Path) -> None:
    change(tree, "    lines: tuple[Line, ...]\n", "    lines: tuple[Line, ...]\n    vip: bool\n")
    code, said, _ = mesh("check", "--json")
    [*_, told] = [
        c for c in json.loads(said)["contracts"] if c["revision"].startswith("orders.order_placed ")
    ]
    assert (code, told["order"], told["legal"]) == (1, "producers first, then drain", False)
    assert told["differences"] == [
        {
            "path": "vip",
            "rule": "field added, required",
            "forward": "safe",
            "backward": "breaks",
            "why": ["new readers: it is not written, and is required"],
        }
    ]


def test_a_version_that_is_gone_is_missed(mesh: Mesh, tree: Path) -> None:
    shutil.rmtree(tree / "src/contracts/reports")
    code, said, _ = mesh("check", "reports.sales_recorded")
    assert code == 1
    assert "reports.sales_recorded v1 r1 is not in this tree and not retired" in said
    assert mesh("retire", "reports.sales_recorded", "1", "1", "--why", "nobody sends it")[0] == 0
    assert mesh("check", "reports.sales_recorded")[2].startswith(
        "mesh: reports.sales_recorded: no such contract"
    )
    assert "reports.sales_recorded" not in mesh("check")[1]


def test_a_lane_that_is_gone_is_missed(mesh: Mesh, tree: Path) -> None:
    change(tree, '"orders.order_placed", version=1', '"orders.order_placed", version=1, lanes=("bulk",)')
    assert mesh("release")[1] == "orders.order_placed/v1/lanes.json\n"
    change(tree, ', lanes=("bulk",)', "")
    code, said, _ = mesh("check")
    assert code == 1
    assert "orders.order_placed v1: lane bulk was released and is not in this tree" in said
    code, _, error = mesh("release")
    assert code == 2
    assert "take it out of lanes.json by hand" in error


def test_show_shows_a_contract(mesh: Mesh) -> None:
    code, said, _ = mesh("show", "orders.order_placed")
    told = json.loads(said)
    assert (code, told["contract"]) == (0, "orders.order_placed v1")
    assert told["writer"]["properties"].keys() == told["golden"]["data"].keys()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("show", "orders.nothing"), "orders.nothing: no such contract"),
        (("show", "orders.order_placed", "7"), "orders.order_placed v7: there is v1"),
        (("retire", "orders.order_placed", "1", "9", "--why", "x"), "orders.order_placed v1 r9 was never"),
        (("retire", "orders.expire_order", "1", "1", "--why", "x"), "v1 r1 is what this tree has"),
        (("show",), "Missing argument 'NAME'"),
        (("release", "--order", "any"), "'any' is not one of 'consumers-first', 'producers-first'"),
    ],
)
def test_what_is_not_there_is_said(mesh: Mesh, words: tuple[str, ...], text: str) -> None:
    code, _, error = mesh(*words)
    assert code == 2
    assert text in error


@pytest.mark.parametrize("content", ["", "{", None])
def test_a_damaged_revision_is_named(mesh: Mesh, tree: Path, content: str | None) -> None:
    latest = max((tree / "released/orders.order_placed/v1").iterdir())
    damaged = latest / "reader.json"
    damaged.write_text(content) if content is not None else damaged.unlink()
    for command in ("check", "release"):
        code, _, error = mesh(command)
        assert code == 2
        assert f"released/orders.order_placed/v1/{latest.name}/reader.json: " in error
        assert "take it from the history again" in error
