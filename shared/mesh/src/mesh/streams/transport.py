"""The transport: what kombu loads for `streams+redis://…`."""

from typing import Any

from kombu.transport import redis as kombu_redis

from mesh.streams.channel import Channel
from mesh.streams.store import RENEW


class Poller(kombu_redis.MultiChannelPoller):
    """kombu's poller, which also sends a turn's acknowledgements and lets channels rest."""

    loop: Any = None

    def on_poll_start(self) -> None:
        for channel in self._channels:
            channel.flush_acks()
        super().on_poll_start()

    def _register_BRPOP(self, channel: Channel) -> None:
        """Begin the next read, unless the channel rests: a timer of its own ends the loop's wait then."""
        if channel._in_poll or not channel.rests():
            super()._register_BRPOP(channel)


class Transport(kombu_redis.Transport):
    """Redis or Valkey, over streams."""

    Channel = Channel
    driver_name = "streams"
    can_parse_url = True  # the URL behind `streams+` stays whole: Channel reads it
    supports_batch_publish = False

    implements = kombu_redis.Transport.implements.extend(batch_publish=False)

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.cycle = Poller()
        client.transport_options.setdefault("unacked_restore_interval", RENEW)

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        self.cycle.loop = loop
        super().register_with_event_loop(connection, loop)
