"""The environment of emails."""

from mesh import Settings as MeshSettings
from mesh.settings import Url


class Settings(MeshSettings):
    """Beside what every service needs: where mails go, and from whom."""

    smtp_url: Url
    """smtp://[user:password@]host:port"""
    mail_from: str
    """Such as `Meshwork <orders@meshwork.example>`."""
