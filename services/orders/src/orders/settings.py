"""The environment of orders."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, IPvAnyNetwork, StringConstraints

from mesh import Settings as MeshSettings
from mesh.ratelimit import Rate
from mesh.settings import LISTED, PerTime, Url
from orders import push

Origin = Annotated[str, StringConstraints(pattern=r"^(\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?)$")]
"""As a browser says it: no path, no slash at its end."""


class Settings(MeshSettings):
    """Beside what every service needs: where the API listens."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    http_processes: int = Field(default=1, ge=1, le=64)
    """Processes that serve the API, on one port."""
    http_connections: int = Field(default=8, ge=1)
    """Connections of one API process to its database."""
    http_clients: int = Field(default=900, ge=1)
    """Connections of clients to one API process. By default what a usual limit of 1,024 open files bears."""
    http_proxies: int = Field(default=0, ge=0)
    """Reverse proxies before the API, each of which adds to X-Forwarded-For whom it heard. Without them, what
    that header says is whatever a client wants."""
    cors_origins: Annotated[frozenset[Origin], LISTED] = frozenset()
    """Whose pages may use the API from a browser, with commas between: `https://shop.example`. `*`: all."""
    limits_url: Url | None = Field(default=None, repr=False)
    """The Redis or Valkey on which requests are counted, the same for all API processes: redis://… or a
    broker's streams+redis://… None: there are no limits."""
    limits_fail_open: bool = True
    """Whether requests are taken while it is away. False: 503."""
    rate_limit: PerTime = Rate(1000, 10)
    """Requests of one key."""
    address_limit: PerTime = Rate(30, 60)
    """Requests of one address that come without a key that opens."""
    drain: float = Field(default=0, ge=0, le=300)
    """Seconds for which an API that is told to stop still takes requests, while /health/ready says that it
    stops: those who balance its load have to notice."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Where /metrics is, on the same host. None: nowhere. Never on the clients' port: they are not told."""
    time_to_pay: timedelta = Field(default=timedelta(minutes=30), gt=timedelta(0), le=timedelta(days=365))
    """Seconds until an order that nobody paid expires."""
    link_keys: Annotated[tuple[str, ...], LISTED] = Field(default=(), repr=False)
    """What links in mails are encrypted with, the newest first, and the same for emails. None: no link
    opens."""
    vapid_public_key: Annotated[str, AfterValidator(push.checked_key)] | None = None
    """The public half of the key with which emails signs pushes, in URL-safe base64: browsers ask for it.
    None: nobody can subscribe."""
    push_demo: bool = False
    """Whether /push-demo is there: a page that subscribes a browser to pushes, to try them."""
    webhook_networks: Annotated[tuple[IPvAnyNetwork, ...], LISTED] = ()
    """Private networks that webhooks may go to, such as 10.1.0.0/16,fd00::/8; none: the internet alone."""
