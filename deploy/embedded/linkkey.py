"""The key with which links in mails are encrypted: the same for all processes, whenever they come up."""

import base64
import os
from pathlib import Path

from embedded.statefile import write_private


def kept(state: Path) -> str:
    """That of this state folder; made at its first use, for its owner alone to read."""
    file = state / "link-key"
    if not file.exists():
        write_private(file, base64.urlsafe_b64encode(os.urandom(32)).decode())
    return file.read_text()
