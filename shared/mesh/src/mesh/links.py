"""Links for people who have no key of the API: what a token says was written by the mesh, and nobody else can
read it, for it may name a person.

    url = links.url("files", file, lasts=timedelta(days=7))      # emails writes it into a mail
    file = links.read("files", token, File)                      # orders answers whoever comes with it

A token is Fernet's (AES and HMAC). Keys are tried in order, so that one can be changed: the new one is put
first, and the old one taken away when no link that it made is to open any more.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from contracts import Value
from mesh.errors import MeshError, RefusedAtStart

V = TypeVar("V", bound=Value)


class NoLink(MeshError):
    """A token is none of ours, is of another use, or has had its time."""


class Links:
    """Those that open under one address, with the keys that made them."""

    def __init__(self, base: str, keys: Sequence[str]) -> None:
        """`base`: where people reach the orders API, such as https://api.shop.example.

        Raises RefusedAtStart for what is no key.
        """
        self._base = base.rstrip("/")
        try:
            self._box = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            told = "LINK_KEYS: each is 32 random bytes in URL-safe base64, such as `orders link-key` prints"
            raise RefusedAtStart(told) from None

    def url(self, use: str, said: Value, lasts: timedelta | None = None) -> str:
        """A link that says this, for one use: `https://…/v1/<use>/<token>`. None: it opens for ever."""
        until = (datetime.now(UTC) + lasts).timestamp() if lasts else None
        document = json.dumps({"use": use, "until": until, "said": said.model_dump(mode="json")})
        return f"{self._base}/v1/{use}/{self._box.encrypt(document.encode()).decode()}"

    def read(self, use: str, token: str, model: type[V]) -> V:
        """What a token of that use says. Raises NoLink."""
        try:
            document = json.loads(self._box.decrypt(token.encode()))
        except InvalidToken:
            raise NoLink("this link is none of ours") from None
        if document["use"] != use:
            raise NoLink("this link is for something else")
        if document["until"] is not None and document["until"] < datetime.now(UTC).timestamp():
            raise NoLink("this link has had its time")
        return model.model_validate(document["said"], extra="ignore")
