"""A push service and the browsers behind it: they know what a push has to be, and read what is in it."""

import base64
import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self
from uuid import uuid4

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.emails import AddPushSubscription
from emails.push.subscription import id_of


def base64url(found: bytes) -> str:
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """One that has subscribed: only it can read what is pushed to it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": base64url(point), "auth": base64url(self.secret)}

    def read(self, body: bytes) -> Any:
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret))

    def subscribed(self, **changes: Any) -> AddPushSubscription:
        """As the orders API tells of it."""
        said = {"account": "shop", "email": "ada@example.com", "added_at": datetime.now(UTC)}
        return AddPushSubscription(**said | {"endpoint": self.endpoint, **self.keys} | changes)

    def id(self, account: str = "shop", email: str = "ada@example.com") -> Any:
        return id_of(account, email, self.endpoint)


@dataclass(frozen=True)
class Push:
    path: str
    headers: dict[str, str]
    """Their names in small letters."""
    body: bytes

    def claims(self, public_key: str) -> Any:
        """What its signature says. Raises InvalidSignature where it is not by that key."""
        scheme, _, told = self.headers["authorization"].partition(" ")
        parts = dict(part.split("=", 1) for part in told.split(","))
        assert (scheme, parts["k"]) == ("vapid", public_key)
        signed, _, signature = parts["t"].rpartition(".")
        head, claims = (json.loads(unbase64url(part)) for part in signed.split("."))
        assert head["alg"] == "ES256"
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase64url(public_key))
        raw = unbase64url(signature)
        halves = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
        key.verify(encode_dss_signature(*halves), signed.encode(), ec.ECDSA(SHA256()))
        assert time.time() < claims["exp"] <= time.time() + 24 * 3600
        return claims


class PushServer:
    """Answers 201, until told otherwise."""

    def __init__(self) -> None:
        self.received: list[Push] = []
        self.connections = 0
        self.hangs = False
        self._answers: list[int] = [201]
        self._headers: dict[str, str] = {}
        self._lock, self._over = Lock(), Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def browser(self) -> Browser:
        return Browser(f"{self.origin}/push/{uuid4().hex}")

    def answers(self, *statuses: int, **headers: str) -> None:
        """These, one after the other, and the last one from then on."""
        self._answers = list(statuses)
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def told(self, browser: Browser) -> list[Any]:
        """What that browser has been pushed."""
        mine = [push for push in self.received if browser.endpoint.endswith(push.path)]
        return [browser.read(push.body) for push in mine]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _take(self, push: Push) -> int:
        with self._lock:
            self.received.append(push)
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                server.connections += 1

            def do_POST(self) -> None:
                if server.hangs:
                    server._over.wait()
                    return
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(server._take(Push(self.path, headers, body)))
                for name, value in {"Content-Length": "0", **server._headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        return Handler
