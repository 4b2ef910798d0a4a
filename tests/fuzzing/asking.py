"""One run of schemathesis against an API that has something to be asked for."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from api import new_key

from fuzzing.filling import fill
from fuzzing.reporting import make, tokens

_HERE = Path(__file__).parent
_CONFIGURATION = _HERE / "schemathesis.toml"


@dataclass(frozen=True)
class Site:
    """An API, and a folder for what is told of it."""

    url: str
    folder: Path

    def open(self, database: str) -> None:
        """Let schemathesis in as two accounts, and give orders to each. `database`: the API's."""
        keys = {account: new_key(database, account) for account in ("ada", "eve")}
        made = {account: fill(self.url, key) for account, key in keys.items()}["ada"]
        make(made["reports"][1:], database, self.folder)
        made |= tokens(self.folder)
        (self.folder / "keys.json").write_text(json.dumps({"auth": [*map(_entry, keys, keys.values())]}))
        file = self.folder / "known.json"
        known: dict[str, list[str]] = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps({name: known.get(name, []) + ids for name, ids in made.items()}))

    def ask(self, *options: str) -> bool:
        """Whether each answer was as described; else it says which was not, and how to ask for it again."""
        command = ["-m", "schemathesis.cli", "--no-color", "--config-file", str(_CONFIGURATION), "run"]
        told = {
            "FUZZING_FOLDER": str(self.folder),
            "PYTHONPATH": os.pathsep.join([str(_HERE.parent), str(_HERE.parent / "support")]),
        }
        command = [sys.executable, *command, f"{self.url}/openapi.json", *options]
        return subprocess.run(command, cwd=self.folder, env=os.environ | told, check=False).returncode == 0

    def answers(self) -> Counter[tuple[str, int]]:
        """How often each operation gave which status, in the last run."""
        told: dict[str, int] = json.loads((self.folder / "asked.json").read_text())
        parts = {said: said.rpartition(" ") for said in told}
        return Counter({(parts[said][0], int(parts[said][2])): times for said, times in told.items()})


def _entry(account: str, key: str) -> dict[str, object]:
    """As a Web Fuzzing Commons document has it."""
    return {"name": account, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {key}"}]}
