"""docker-compose.yml, read as text: what a service says, with what it takes over by `<<`."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
OURS = sorted(folder.name for folder in (ROOT / "services").iterdir())


def services() -> dict[str, str]:
    """Name to text, for each service. Later lines have the last word."""
    body = TEXT[TEXT.index("\nservices:\n") : TEXT.index("\nvolumes:\n")]
    found = re.findall(r"^  ([a-z-]+):\n((?:    .*\n|\n|  #.*\n)*)", body, re.MULTILINE)
    return {name: _expanded(text) for name, text in found}


def command(text: str) -> list[str]:
    """The arguments a container gives to its image's entry point."""
    return _list(text, "command")


def health_check(text: str) -> list[str]:
    """The program that is asked, and its arguments."""
    return _list(text, "test")


def _list(text: str, key: str) -> list[str]:
    found: list[str] = re.findall(rf"^ *{key}: \[(.*)\]", text, re.MULTILINE)
    return re.split(r",\s*", found[-1]) if found else []


def _expanded(text: str) -> str:
    taken = re.search(r"^ *<<: (.*)$", text, re.MULTILINE)
    if not taken:
        return text
    parts = [_expanded(_anchored(name)) for name in re.findall(r"\*([a-z-]+)", taken[1])]
    return "".join(parts) + text


def _anchored(name: str) -> str:
    found = re.search(rf"^x-.*: &{name}\n((?:  .*\n)*)", TEXT, re.MULTILINE)
    assert found, f"no anchor &{name}"
    return found[1]
