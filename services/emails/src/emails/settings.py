"""The environment of emails."""

from pydantic import Field

from mesh import Settings as MeshSettings


class Settings(MeshSettings):
    """Beside what every service needs: where mails go, and from whom."""

    smtp_url: str = Field(repr=False, pattern=r"^smtp://")  # may carry a password
    """smtp://[user:password@]host:port"""
    mail_from: str = Field(pattern=r"^[^\r\n]*[^\s<>]@[^\s<>]+>?$")
    """Such as `Meshwork <orders@meshwork.example>`."""
