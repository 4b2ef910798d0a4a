"""The page for those who know Celery: each of its commands, on what `make up` runs.

What it shows has to be what is printed, but for ids, names of workers and times; `…` is whatever is there.
What only looks is asked again until it is so: others are at work.
"""

import re
from functools import partial
from pathlib import Path

import pytest
from followed import commands, sections
from programs import eventually
from terminal import Terminal

from embedded.mesh import Addresses
from embedded.ports import free_port

PAGE = Path(__file__).parents[2] / "docs/celery.md"
_DIFFERENT = {
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}": "<id>",
    r"\b(orders|emails|reports)-\d+@[\w.-]+": r"\1@<host>",
    r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?": "<time>",
}
_CHANGES = re.compile(
    r"celery -A \S+ (call|control|purge|beat|flower|events|shell)|^\. |^cat >|^python |^kill |"
    r"switch \w+ (on|off)|dead-letters (replay|discard)|schedule add"
)
"""What is done once; everything else only looks."""


@pytest.mark.timeout(900)
def test_its_commands_do_what_it_shows(curl: None, at: Addresses, tmp_path: Path) -> None:
    page = PAGE.read_text().replace("5555", str(free_port()))  # Flower's
    with Terminal(tmp_path) as terminal:
        for command, shown in commands(page):
            if _CHANGES.search(command):
                said = terminal.does(command)
                assert fits(said, shown), f"{command}\nsaid\n{said}\nthe page shows\n{shown}"
            else:
                eventually(partial(does, terminal, command, shown), f"{command}\nshows\n{shown}", 180)


def does(terminal: Terminal, command: str, shown: str) -> bool:
    return fits(terminal.does(command), shown)


def fits(said: str, shown: str) -> bool:
    parts = map(re.escape, alike(shown).split("…"))
    return re.fullmatch(".*".join(parts), alike(said), re.DOTALL) is not None


def alike(text: str) -> str:
    """Without what differs each time."""
    for pattern, name in _DIFFERENT.items():
        text = re.sub(pattern, name, text)
    return text


def test_what_it_links_to_is_there() -> None:
    paths = re.findall(r"\]\(([^)#]+)", PAGE.read_text())
    assert len(paths) > 50
    assert [path for path in paths if not (PAGE.parent / path).exists()] == []


def test_every_part_is_listed_and_has_a_command_to_try() -> None:
    headings = re.findall(r"^## (.*)$", PAGE.read_text(), re.MULTILINE)
    listed = re.findall(r"^\| \[(.*?)\]\(#", PAGE.read_text(), re.MULTILINE)
    assert headings == ["What is here", *listed]
    assert set(headings) - sections(PAGE).keys() == {"What is here"}
