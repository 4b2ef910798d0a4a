"""The tutorial, followed to the letter on what `make up` runs."""

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

from followed import commands
from programs import eventually

from embedded.mesh import Addresses

PAGE = Path(__file__).parents[2] / "docs/tutorial/first-order.md"
_DIFFERENT = {
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}": "<id>",
    r"\b[0-9A-F]{12}\b": "<number>",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z": "<time>",
    r"\b\d{4}-\d\d-\d\d\b": "<day>",
}


class Reader:
    """A person with a terminal: what is exported stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = os.environ | {"PATH": path, "LC_ALL": "C.UTF-8"}

    def does(self, command: str) -> str:
        """What it prints."""
        kept = self._folder / "environment"
        ended = subprocess.run(
            ["bash", "-c", f"{command}\nenv -0 > {kept}"],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        pairs = (each.partition("=") for each in kept.read_text().split("\0") if each)
        self._environment = {name: value for name, _, value in pairs}
        return ended.stdout.replace("\r", "").strip() + ended.stderr


def alike(text: str) -> str:
    """Without what differs each time."""
    for pattern, name in _DIFFERENT.items():
        text = re.sub(pattern, name, text)
    return text


def test_it_happens_as_the_page_shows(curl: None, at: Addresses, tmp_path: Path) -> None:
    page = PAGE.read_text().replace("http://127.0.0.1:8080", at.orders)
    page = page.replace("http://127.0.0.1:8025", str(at.catcher))
    log = tmp_path / "up.log"
    eventually(lambda: "Ctrl-C" in log.read_text(), "it says where")
    printed = log.read_text()
    for line in re.findall(r"^ {6}.*http.*$", page, re.MULTILINE):
        assert line.strip() in printed
    reader = Reader(tmp_path)
    for command, shown in commands(page):
        if "sort" in command:  # others are at work: one looks again until all is there
            eventually(partial(shows, reader, command, shown), f"{command}\nshows\n{shown}")
        else:
            assert alike(reader.does(command)) == alike(shown), command


def shows(reader: Reader, command: str, shown: str) -> bool:
    return alike(reader.does(command)) == alike(shown)
