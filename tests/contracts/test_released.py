"""What was released stays readable, and what comes next is released only if it may be deployed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from grammar import Part, Parts, model, one, optional
from scalars import NUMBER, TEXT, texts

from contracts import Contract, Envelope, Refused, contract_of, registry, release
from contracts.changes import Order
from contracts.release import (
    Revision,
    folder_of,
    given_up,
    lanes_given_up,
    revisions,
    shipped,
    unreleased,
    verdicts,
)
from contracts.schemas import reader, writer

SHIPPED = shipped()


@pytest.mark.parametrize("known", SHIPPED, ids=str)
def test_a_contract_is_released_as_it_is_here(known: Contract) -> None:
    assert not unreleased(known), "run `mesh contracts release` and commit what it writes"
    path = folder_of(known) / "lanes.json"
    written = json.loads(path.read_text()) if path.exists() else []
    assert written == list(known.lanes), f"run `mesh contracts release` and commit {path}"


@pytest.mark.parametrize("known", SHIPPED, ids=str)
def test_a_contract_may_be_deployed(known: Contract) -> None:
    assert all(verdict.legal for verdict in verdicts(known)), "`mesh contracts check` says why"
    assert lanes_given_up(known) == []


def test_no_version_is_gone_while_it_may_be_alive() -> None:
    assert given_up(SHIPPED) == []


@pytest.mark.parametrize("revision", revisions(), ids=str)
def test_a_golden_message_is_still_read(revision: Revision) -> None:
    golden = revision.golden
    before = json.dumps(golden)
    first, second = (Envelope.read(golden).open() for _ in range(2))
    assert first == second, "an upcast is pure"
    assert json.dumps(golden) == before
    assert (golden["name"], golden["version"]) == (revision.name, revision.version)
    assert contract_of(type(first)).name == revision.name


def test_readers_are_open_and_writers_are_closed() -> None:
    for known in SHIPPED:
        assert '"additionalProperties": false' in json.dumps(writer(known.model))
        assert "additionalProperties" not in json.dumps(reader(known.model))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(release, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def state(elsewhere: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[Parts], Contract]:
    """A contract, as a tree may have it at some time."""

    def state(parts: Parts) -> Contract:
        made = Contract(name, 1, model(parts))
        monkeypatch.setitem(registry._by_class, made.model, made)
        return made

    return state


State = Callable[[Parts], Contract]


def files(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_release_writes_what_is_missing_and_changes_nothing(state: State, elsewhere: Path) -> None:
    first = state(one(TEXT))
    written = release.release(first)
    assert sorted(path.name for path in written) == ["golden.json", "reader.json", "writer.json"]
    before = files(elsewhere)
    assert release.release(first) == []
    assert release.release(state(one(TEXT) | {"b": Part(optional(NUMBER), default=None)}))
    after = files(elsewhere)
    assert {name: after[name] for name in before} == before
    assert [str(r)[-5:] for r in revisions(first)] == ["v1 r1", "v1 r2"]


def test_what_needs_a_new_version_is_refused(state: State, elsewhere: Path) -> None:
    release.release(state(one(TEXT)))
    before = files(elsewhere)
    with pytest.raises(Refused, match=r"v1 differs from .* v1 r1 and needs a new major"):
        release.release(state(one(NUMBER)), Order.CONSUMERS)
    assert files(elsewhere) == before


def test_an_order_is_declared_and_stays_declared(state: State) -> None:
    renamed = state({"b": Part(TEXT, aliases=("a",))})
    release.release(state(one(TEXT)))
    with pytest.raises(Refused, match="needs consumers first"):
        release.release(renamed)
    with pytest.raises(Refused, match="needs consumers first"):
        release.release(renamed, Order.PRODUCERS)
    release.release(renamed, Order.CONSUMERS)
    assert [(v.order, v.legal) for v in verdicts(renamed)] == [(Order.CONSUMERS, True), (Order.ANY, True)]
    later = state({"b": Part(TEXT, aliases=("a",)), "c": Part(NUMBER, default=0)})
    release.release(later)
    assert [v.legal for v in verdicts(later)] == [True, True, True]
    [first, *_] = verdicts(state({"b": Part(TEXT)}))
    assert (first.order, first.legal) == (Order.MAJOR, False)


def test_a_field_without_an_example_is_named(state: State) -> None:
    with pytest.raises(Refused, match=r"no example of it(.|\n)*a: "):
        release.release(state(one(texts(None, None, "[0-9]{3}"))))


def test_what_is_retired_is_not_compared_with(state: State) -> None:
    first, second = state(one(TEXT)), state(one(NUMBER))
    release.release(first)
    assert [v.legal for v in verdicts(second)] == [False]
    assert len(given_up([])) == 1
    (revisions(first)[0].folder / "retired").write_text("drained\n")
    assert verdicts(second) == []
    assert given_up([]) == []
    release.release(second)
    assert [r.number for r in revisions(second)] == [1, 2]


def test_a_lane_may_be_added_and_not_be_taken_away(state: State) -> None:
    first = state(one(TEXT))
    assert [p.name for p in release.release(replace(first, lanes=("bulk",)))][-1] == "lanes.json"
    assert [p.name for p in release.release(replace(first, lanes=("bulk", "urgent")))] == ["lanes.json"]
    assert lanes_given_up(replace(first, lanes=("urgent",))) == ["bulk"]


def test_without_the_folder_nothing_is_known(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    monkeypatch.setattr(release, "FOLDER", elsewhere / "away")
    with pytest.raises(Refused, match="runs in a checkout"):
        verdicts(state(one(TEXT)))


def test_a_folder_that_is_no_revision_is_refused(elsewhere: Path) -> None:
    (elsewhere / "a.b" / "v1" / "rest").mkdir(parents=True)
    with pytest.raises(Refused, match="neither v<version> nor r<revision>"):
        revisions()
