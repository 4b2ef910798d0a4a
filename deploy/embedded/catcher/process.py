"""The mail catcher as a process under our supervision."""

import os
import sys
import urllib.request
from pathlib import Path

from embedded.leftovers import MARK, stop_marked
from embedded.ports import HOST, free_port
from embedded.process import Command, Process

PACKAGES = Path(__file__).parents[2]

# Those that Mailpit and its kin listen on, where the environment's SMTP_PORT and MAILS_PORT say no others.
_SMTP_PORT = "1025"
_MAILS_PORT = "8025"


class Catcher(Process):
    """One catcher; its mails lie in `mails.db` in the directory."""

    def __init__(self, directory: Path, *, log: Path | int | None = None) -> None:
        self.directory = directory.absolute()
        super().__init__("catcher", log if log is not None else self.directory / "catcher.log")
        self.smtp_port = self.http_port = 0

    @property
    def title(self) -> str:
        """Such as «mail catcher on ports 1025 (SMTP) and 8025 (web)»."""
        return f"mail catcher on ports {self.smtp_port} (SMTP) and {self.http_port} (web)"

    @property
    def smtp_url(self) -> str:
        """Where to send mails."""
        return f"smtp://{HOST}:{self.smtp_port}"

    @property
    def url(self) -> str:
        """The page, and the root of the API."""
        return f"http://{HOST}:{self.http_port}"

    def prepare(self) -> Command:
        """Free ports; the same ones at each start of this object."""
        self.directory.mkdir(parents=True, exist_ok=True)
        stop_marked(self.directory)
        self.smtp_port = self.smtp_port or free_port(int(os.environ.get("SMTP_PORT", _SMTP_PORT)))
        self.http_port = self.http_port or free_port(int(os.environ.get("MAILS_PORT", _MAILS_PORT)))
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        database = ["--database", str(self.directory / "mails.db")]
        told = {"PYTHONPATH": str(PACKAGES), MARK: str(self.directory)}
        return Command([sys.executable, "-m", "embedded.catcher", *ports, *database], env=os.environ | told)

    def is_ready(self) -> bool:
        """Whether it answers."""
        return answers(f"{self.url}/readyz")


def answers(url: str) -> bool:
    """Whether a GET of the URL gives 2xx within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:  # refused, timed out, or (urllib's HTTPError is one) another status
        return False
