"""What was released stays readable: schemas and golden messages of every version ever."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import Contract, Envelope, contract_of, release
from contracts.release import FOLDER, documents, folder, lanes_given_up, shipped

SHIPPED = shipped()


@pytest.mark.parametrize("released", SHIPPED, ids=str)
def test_a_version_is_as_it_was_released(released: Contract) -> None:
    for name, document in documents(released).items():
        path = folder(released) / name
        assert path.exists(), f"run `python -m contracts.release` and commit {path}"
        assert document == json.loads(path.read_text()), "a released version never changes: add the next"


@pytest.mark.parametrize("released", SHIPPED, ids=str)
def test_a_released_lane_stays(released: Contract) -> None:
    assert lanes_given_up(released) == []
    path = folder(released) / "lanes.json"
    written = json.loads(path.read_text()) if path.exists() else []
    assert written == list(released.lanes), f"run `python -m contracts.release` and commit {path}"


@pytest.mark.parametrize("golden", sorted(FOLDER.glob("*/v*/golden.json")), ids=lambda path: path.parts[-3])
def test_a_golden_message_is_still_read(golden: Path) -> None:
    envelope = Envelope.read(json.loads(golden.read_text()))
    assert golden.parent == FOLDER / envelope.name / f"v{envelope.version}"
    opened = envelope.open()
    assert contract_of(type(opened)).name == envelope.name
    if contract_of(type(opened)).version == envelope.version:
        assert opened.model_dump(mode="json") == envelope.data


def test_readers_are_open_and_writers_are_closed() -> None:
    for released in SHIPPED:
        writer, reader, _ = (json.dumps(document) for document in documents(released).values())
        assert '"additionalProperties": false' in writer
        assert "additionalProperties" not in reader


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(release, "FOLDER", tmp_path)
    return tmp_path


def test_a_release_writes_what_is_missing(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release.main()
    written = sorted(p.relative_to(elsewhere) for p in elsewhere.rglob("*.json"))
    assert written == sorted(p.relative_to(FOLDER) for p in FOLDER.rglob("*.json"))
    assert len(capsys.readouterr().out.splitlines()) == len(written)
    release.main()
    assert capsys.readouterr().out == ""


def test_a_release_refuses_to_change_what_is_there(elsewhere: Path) -> None:
    changed = elsewhere / "orders.order_placed" / "v1" / "reader.json"
    changed.parent.mkdir(parents=True)
    changed.write_text("{}")
    with pytest.raises(
        SystemExit, match=r"a released version never changes(.|\n)*orders.order_placed/v1/reader.json"
    ):
        release.main()
    assert [p for p in elsewhere.rglob("*") if p.is_file()] == [changed]


def with_lanes(*lanes: str) -> list[Contract]:
    return [replace(released, lanes=lanes) for released in SHIPPED]


def test_a_lane_may_be_added_and_not_be_taken_away(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for lanes in [(), ("bulk",), ("bulk", "urgent")]:
        monkeypatch.setattr(release, "shipped", lambda lanes=lanes: with_lanes(*lanes))
        release.main()
    capsys.readouterr()
    monkeypatch.setattr(release, "shipped", lambda: with_lanes("urgent"))
    with pytest.raises(SystemExit, match=r"take it out of lanes.json(.|\n)*orders.order_placed v1 bulk"):
        release.main()
    assert capsys.readouterr().out == ""
    written = elsewhere / "orders.order_placed" / "v1" / "lanes.json"
    assert json.loads(written.read_text()) == ["bulk", "urgent"]
