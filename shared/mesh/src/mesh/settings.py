"""The environment as one frozen typed object, or one message that lists all that is wrong with it."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
    ValidationError,
)

from mesh.errors import MissingSettings
from mesh.files.address import checked
from mesh.ratelimit import Rate

LISTED = BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
"""Several in one variable, with commas between them."""
PerTime = Annotated[
    InstanceOf[Rate], BeforeValidator(lambda given: Rate.parse(given) if isinstance(given, str) else given)
]
"""As `1000/10`: so many, and in how many seconds."""
Url = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+.-]*://")]
FilesUrl = Annotated[str, AfterValidator(checked)]


class Settings(BaseModel):
    """What every service needs. A field `broker_url` is read from BROKER_URL.

    URLs and secrets have no default: a service that guesses talks to the wrong server.
    """

    model_config = ConfigDict(frozen=True)

    database_url: Url = Field(repr=False)  # carries a password
    broker_url: Url = Field(repr=False)
    broker_persistence: Literal["required", "optional"] = "required"
    """Whether a Redis or Valkey that keeps nothing on disk is refused."""
    result_url: Url | None = Field(default=None, repr=False)
    """Where Celery keeps results, such as redis://…: for canvas, and for clients that ask for them. The same
    one for all services. None: there are none."""
    schedules_url: Url | None = Field(default=None, repr=False)
    """The Redis or Valkey over which the beats of a service agree who of them is at work: redis://… or a
    broker's streams+redis://… It may lose all it has. None: no beat starts."""
    switches_url: Url | None = Field(default=None, repr=False)
    """The Redis or Valkey that keeps which lanes are switched off: redis://… or a broker's streams+redis://…
    What it loses is on again. None: no lane can be switched off."""
    files_url: FilesUrl | None = None
    """Where documents are kept that messages refer to, such as file:///srv/files or s3://bucket. The same one
    for all services that make them or show them. None: nowhere."""
    files_kept: timedelta = Field(default=timedelta(days=30), ge=timedelta(hours=1), le=timedelta(days=36500))
    """For how long, since they were last kept. Links in mails open for a week."""
    concurrency: int | None = Field(default=None, ge=1)
    """Children or threads of a worker. None: as many as the service's own code says."""
    pool: Literal["prefork", "threads"] | None = None
    """Children for work, threads for waiting. None: as the service's own code chooses."""
    memory_per_child: int | None = Field(default=None, ge=128)
    """MiB that a child of a worker may have had at any time: one that had more is replaced after its chunk.
    None: as many as the service's own code says. Threads have no such limit."""
    log_format: Literal["console", "json"] | None = None
    """None: console on a terminal, JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    health_dir: Path | None = None
    """Where each process keeps its heartbeat file. None: it keeps none."""

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings in `environ`. Raises MissingSettings, which lists every fault."""
        given = {field: environ[field.upper()] for field in cls.model_fields if environ.get(field.upper())}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            faults = (
                f"{str(e['loc'][0]).upper()}: {e['msg']}"
                for e in error.errors(include_input=False, include_url=False)
            )
            raise MissingSettings(faults) from None
