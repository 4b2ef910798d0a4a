"""What a server must find again at its next start: its passwords and its port."""

import json
import secrets
from pathlib import Path

from embedded.ports import free_port


class StateFile:
    """A JSON object in a file that only its owner can read, written anew with each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str | int] = json.loads(path.read_text()) if path.exists() else {}

    def password(self, name: str) -> str:
        """The password of that name, made at the first call. Letters and digits: fit for a URL as it is."""
        key = f"password:{name}"
        if key not in self._values:
            self._set(key, secrets.token_hex(16))
        return str(self._values[key])

    def port(self) -> int:
        """The port of the last time if it is free, else any free one."""
        known = self._values.get("port")
        port = free_port(int(known) if known else None)
        if port != known:
            self._set("port", port)
        return port

    def _set(self, key: str, value: str | int) -> None:
        self._values[key] = value
        write_private(self._path, json.dumps(self._values, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step; nobody but its owner can ever read it, and no reader sees half of it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
