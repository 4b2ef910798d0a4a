"""The environment of reports."""

from mesh import Settings as MeshSettings


class Settings(MeshSettings):
    """What every service needs, and no more yet."""
