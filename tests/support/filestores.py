"""Where the file store keeps documents, seen from outside: what lies there, and what can go wrong with it."""

from pathlib import Path
from typing import Any, Protocol

import boto3

from contracts.files import File


class Place(Protocol):
    """Of one file store, which nobody else uses."""

    url: str
    tick: float
    """Seconds after which its clock shows another time."""

    def names(self) -> list[str]:
        """Of all that lies there."""

    def remove(self, file: File) -> None: ...

    def damage(self, file: File, document: bytes) -> None:
        """Have it hold something else."""

    def take_away(self) -> None:
        """All of it, as a share that is not mounted, or a bucket that was never made."""


class InFolder:
    tick = 0.01

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = root.as_uri()

    def names(self) -> list[str]:
        return [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()]

    def remove(self, file: File) -> None:
        self.path(file).unlink()

    def damage(self, file: File, document: bytes) -> None:
        self.path(file).write_bytes(document)

    def take_away(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))

    def path(self, file: File) -> Path:
        return self.root / file.digest[:2] / file.digest


class InBucket:
    tick = 1.01

    def __init__(self, server: str, bucket: str) -> None:
        """`server`: host and port of moto's."""
        self.bucket = bucket
        self.url = f"s3://{bucket}/of/ours?endpoint=http://{server}&region=us-east-1"
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=f"http://{server}",
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        self.client.create_bucket(Bucket=bucket)

    def names(self) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return [key.removeprefix("of/ours/") for key in keys]

    def uploads(self) -> list[Any]:
        """Parts of what was never finished, which no list of names shows."""
        return list(self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []))

    def remove(self, file: File) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.key(file))

    def damage(self, file: File, document: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.key(file), Body=document)

    def take_away(self) -> None:
        for name in self.names():
            self.client.delete_object(Bucket=self.bucket, Key=f"of/ours/{name}")
        self.client.delete_bucket(Bucket=self.bucket)

    def key(self, file: File) -> str:
        return f"of/ours/{file.digest[:2]}/{file.digest}"
