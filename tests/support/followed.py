"""A page of the documentation, followed to the letter: its diffs are applied, its commands run, and what they
print is what the page shows.

    ```diff        in paths of the checkout; a file that is not there begins with `--- /dev/null`
    ```console     `$ command`, then what it prints; `# exit code N` where that is not 0; what it says while
                   it works (stderr) is shown where it could not (2). A command goes on behind `> `
    ```lives       `service build`, one a line: what lives from then on, whoever deployed it
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

_BLOCK = re.compile(r"^```(diff|console|lives)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*(?:\n>.*)*)\n((?:(?!\$ ).*\n?)*)", re.MULTILINE)
_FILE = re.compile(r"^--- (?:a/(\S+)|/dev/null)\n\+\+\+ b/(\S+)\n((?:[-+ @].*\n?|\n)*)", re.MULTILINE)


def sections(page: Path) -> dict[str, str]:
    """The page's parts by their headings; each begins anew."""
    parts = re.split(r"^## (.*)\n", page.read_text(), flags=re.MULTILINE)
    return {
        heading: text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if _BLOCK.search(text)
    }


def follow(
    text: str,
    checkout: Path,
    deploy: Callable[[dict[str, str]], None] = lambda builds: None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[tuple[str, str, str]]:
    """Do what a part says. Yields each command, what the page shows, and what it printed.

    `deploy` gets the builds that shall live, by service; `environment` is for the commands.
    """
    for kind, block in _BLOCK.findall(text):
        if kind == "diff":
            apply(block, checkout)
        elif kind == "lives":
            deploy(dict(line.split() for line in block.splitlines()))
        else:
            for command, shown in _COMMAND.findall(block):
                yield command, shown.strip(), _run(command, checkout, environment).strip()


def commands(text: str) -> list[tuple[str, str]]:
    """Those of a part, each as a shell takes it, with what the page shows."""
    found = [
        pair for kind, block in _BLOCK.findall(text) if kind == "console" for pair in _COMMAND.findall(block)
    ]
    return [(re.sub("^> ?", "", command, flags=re.MULTILINE), shown.strip()) for command, shown in found]


def diffs(text: str) -> list[str]:
    """The changes that a part makes, in their order."""
    return [block for kind, block in _BLOCK.findall(text) if kind == "diff"]


def apply(diff: str, checkout: Path) -> None:
    """Change the files of a checkout. Raises AssertionError where one has not once what is to be replaced."""
    for old, new, hunks in _FILE.findall(diff):
        text = (checkout / old).read_text() if old else ""
        for hunk in re.split(r"^@@.*\n", hunks, flags=re.MULTILINE):
            if not hunk.strip():
                continue
            lines = [line or " " for line in hunk.rstrip("\n").split("\n")]
            before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
            after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
            assert text.count(before) == 1 or not old, f"{old} has not once:\n{before}"
            text = text.replace(before, after) if old else after
        (checkout / new).write_text(text)


def _run(command: str, checkout: Path, more: Mapping[str, str]) -> str:
    programs = Path(sys.executable).parent
    environment = {
        **more,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "shared/contracts/src"),
    }
    ended = subprocess.run(
        command,
        shell=True,
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = ended.stdout + (ended.stderr if ended.returncode > 1 else "")
    return said + (f"# exit code {ended.returncode}\n" if ended.returncode else "")
