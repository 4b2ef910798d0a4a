"""Migrations: a service's own alembic versions and those of the mesh's tables, together."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from mesh.settings import Settings


def migrate(package: str, settings: Settings) -> None:
    """Bring the service's database up to the newest versions of both. Safe to run again, and at once."""
    config = _config(package)
    config.attributes["database_url"] = settings.database_url
    command.upgrade(config, "heads")


def heads(package: str) -> tuple[str, ...]:
    """The newest migrations of both, which a database has after `migrate`."""
    return tuple(sorted(ScriptDirectory.from_config(_config(package)).get_heads()))


def _config(package: str) -> Config:
    here = Path(str(files("mesh.migrations")))
    versions = [here / "versions", Path(str(files(package))) / "versions"]
    config = Config()
    config.set_main_option("script_location", str(here))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, versions)))
    return config
