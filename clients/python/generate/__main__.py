"""Writes what of the client follows from the API's description: `orders openapi | python generate FOLDER`.

It knows the part of OpenAPI 3.1 that our description uses, and refuses the rest by name: what it does not
understand must not become a client that is quietly wrong.
"""

import json
import sys
from pathlib import Path
from typing import Any

import errors
import models
import operations

_HEAD = '"""{about}\n\nWritten by `make client` from the API\'s description: changes are lost.\n"""\n\n'


def main(folder: Path, document: dict[str, Any]) -> None:
    for name, (about, code) in _modules(document).items():
        (folder / name).write_text(_HEAD.format(about=about) + code)


def _modules(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        "models.py": ("The API's documents.", models.module(document)),
        "errors.py": ("The kinds of problems that the API answers with.", errors.module(document)),
        "operations.py": ("The API's operations.", operations.module(document, operations.SYNC)),
        "async_operations.py": (
            "The API's operations, to be awaited.",
            operations.module(document, operations.ASYNC),
        ),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.load(sys.stdin))
