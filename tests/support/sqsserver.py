"""SQS as a process of its own: moto's server, and a look into its queues."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from motoserver import moto_server


@contextmanager
def sqs_server() -> Iterator[str]:
    """Runs one on a free port; yields its `sqs://` URL, without options."""
    with moto_server() as address:
        yield f"sqs://key:secret@{address}"


class Queues:
    """What an operator sees of one mesh: names as SQS has them, without the prefix."""

    def __init__(self, server: str, prefix: str) -> None:
        self.client: Any = boto3.client(
            "sqs",
            endpoint_url=f"http://{server.rpartition('@')[2]}",
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        self._prefix = prefix

    def url(self, name: str) -> str:
        return str(self.client.get_queue_url(QueueName=self._prefix + name)["QueueUrl"])

    def names(self) -> set[str]:
        urls = self.client.list_queues(QueueNamePrefix=self._prefix).get("QueueUrls", [])
        return {url.rpartition("/")[2].removeprefix(self._prefix) for url in urls}

    def put(self, name: str, text: str) -> None:
        """Put something there as it is."""
        self.client.send_message(QueueUrl=self.url(name), MessageBody=text)

    def size(self, name: str, what: str = "") -> int:
        """How many wait there; what "NotVisible": how many are with a consumer."""
        attribute = f"ApproximateNumberOfMessages{what}"
        answer = self.client.get_queue_attributes(QueueUrl=self.url(name), AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])

    def empty(self, name: str) -> bool:
        """Whether nothing waits there and nothing is with a consumer."""
        return not (self.size(name) or self.size(name, "NotVisible"))
