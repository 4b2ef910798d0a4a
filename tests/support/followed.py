"""A page of the documentation, followed to the letter: its diffs are applied, its commands run, and what they
print is what the page shows.

    ```diff        in paths of the checkout; a file that is not there begins with `--- /dev/null`
    ```console     `$ command`, then what it prints; `# exit code N` where that is not 0
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_BLOCK = re.compile(r"^```(diff|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", re.MULTILINE)
_FILE = re.compile(r"^--- (?:a/(\S+)|/dev/null)\n\+\+\+ b/(\S+)\n((?:[-+ @].*\n?|\n)*)", re.MULTILINE)


def sections(page: Path) -> dict[str, str]:
    """The page's parts by their headings; each begins anew."""
    parts = re.split(r"^## (.*)\n", page.read_text(), flags=re.MULTILINE)
    return {
        heading: text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if _BLOCK.search(text)
    }


def follow(text: str, checkout: Path) -> Iterator[tuple[str, str, str]]:
    """Do what a part says. Yields each command, what the page shows, and what it printed."""
    for kind, block in _BLOCK.findall(text):
        if kind == "diff":
            apply(block, checkout)
            continue
        for command, shown in _COMMAND.findall(block):
            yield command, shown.strip(), _run(command, checkout).strip()


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


def _run(command: str, checkout: Path) -> str:
    programs = Path(sys.executable).parent
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "shared/contracts/src"),
    }
    ended = subprocess.run(
        command,
        shell=True,
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return ended.stdout + (f"# exit code {ended.returncode}\n" if ended.returncode else "")
