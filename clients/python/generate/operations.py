"""Operations: a method for each, that says what is sent and what comes back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from schemas import NotUnderstood, Schema, Types, docstring, imports, mentioned, references

_JSON, _STREAM, _LINES = "application/json", "text/event-stream", "application/x-ndjson"
_PLACES = {"path": "", "content": "", "body": "body", "query": "query", "header": "headers"}
"""Where arguments go, in the order in which a method has them, and what `Call` calls it."""


class Style(NamedTuple):
    """How methods are written."""

    name: str
    definition: str
    call: str
    follow: str
    page: str
    iterator: str
    items: str


SYNC = Style(
    "Operations",
    "def",
    "return self._call",
    "yield from self._follow({})",
    "self._call(call)",
    "Iterator",
    "yield from {}",
)
ASYNC = Style(
    "AsyncOperations",
    "async def",
    "return await self._call",
    "async for each in self._follow({}):\n            yield each",
    "await self._call(call)",
    "AsyncIterator",
    "for each in {}:\n                yield each",
)
_WALK = """call = {call}
        while True:
            page = {page}
            {items}
            if not page.older:
                return
            call = call.at(page.older)"""


class Argument(NamedTuple):
    name: str
    type: str
    about: str
    place: str
    sent_as: str
    required: bool

    @property
    def signature(self) -> str:
        if self.required:
            return f"{self.name}: {self.type}"
        return f"{self.name}: {self.type.removesuffix(' | None')} | None = None"


def module(document: Schema, style: Style) -> str:
    types, transport = Types(document), "Transport" if style is SYNC else "AsyncTransport"
    operations = [
        Operation(types, path, method.upper(), operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    methods = "\n".join(text for operation in operations for text in operation.methods(style))
    by_hand = mentioned(["Call", "Content", "Lines", "Nothing", "segment"], methods)
    written = mentioned(types.schemas.keys() - {"Nothing"}, methods)
    return (
        f"{imports(methods)}\n"
        f"from meshwork_client.call import {', '.join(by_hand)}\n"
        f"from meshwork_client.models import {', '.join(written)}\n"
        f"from meshwork_client.transport import {transport}\n\n\n"
        f"class {style.name}({transport}):\n{docstring('A method for each operation of the API.', 4)}\n"
        f"{methods}"
    )


@dataclass(frozen=True)
class Operation:
    types: Types
    path: str
    method: str
    described: Schema

    def methods(self, style: Style) -> Iterator[str]:
        (media, answer), arguments = self._answer(), self._arguments()
        head, sent = f"{style.definition} {self.described['operationId']}", self._sent(arguments, answer)
        if media == _STREAM:
            told = f"{style.iterator}[tuple[str, {answer}]]"
            yield self._method(head, arguments, told, style.follow.format(sent))
            return
        yield self._method(head, arguments, answer, f"{style.call}({sent})")
        if media == _JSON and "older" in self.types.fields(answer):
            yield self._walk(style, arguments, answer)

    def _walk(self, style: Style, arguments: list[Argument], answer: str) -> str:
        """A list has one method more, which goes through all its pages."""
        arguments = [each for each in arguments if each.name not in ("after", "before")]
        fields = self.types.fields(answer)
        [items] = [name for name, field in fields.items() if field.get("type") == "array"]
        call = self._sent(arguments, answer)
        body = _WALK.format(call=call, page=style.page, items=style.items.format(f"page.{items}"))
        head = f"{style.definition} {self.described['operationId'].replace('list_', 'iter_')}"
        one = self.types.of(fields[items]["items"])
        return self._method(head, arguments, f"{style.iterator}[{one}]", body)

    def _method(self, head: str, arguments: list[Argument], answer: str, body: str) -> str:
        first = ["self", *(each.signature for each in arguments if not _PLACES[each.place]), "*"]
        signature = first + [each.signature for each in arguments if _PLACES[each.place]]
        lines = "\n".join(f"* `{each.name}`: {each.about}" for each in arguments)
        about = "\n\n".join([self.described["summary"], self.described["description"], lines])
        return f"    {head}({', '.join(signature)}) -> {answer}:\n{docstring(about, 8)}        {body}\n"

    def _arguments(self) -> list[Argument]:
        found, places = [*map(self._parameter, self.described["parameters"]), *self._fields()], [*_PLACES]
        return sorted(found, key=lambda each: (places.index(each.place), not each.required))

    def _parameter(self, described: Schema) -> Argument:
        sent_as, type = described["name"], self.types.of(described["schema"], argument=True)
        name = sent_as.lower().replace("-", "_").removeprefix("x_")
        if sent_as == "If-Match":  # the tags of orders are their versions
            name, type = "if_version", "int"
        return Argument(name, type, described["description"], described["in"], sent_as, described["required"])

    def _fields(self) -> Iterator[Argument]:
        """Of the document that is sent, if any: each is an argument."""
        content = self.described.get("requestBody", {"content": {}})["content"]
        if content.keys() - {_JSON}:
            kinds = " or ".join(f"`{media}`" for media in content)
            yield Argument("content", "bytes", "What is sent.", "content", "", True)
            yield Argument("content_type", "str", f"What that is: {kinds}.", "header", "Content-Type", True)
            return
        for model in references(content):
            required = self.types.schemas[model].get("required", [])
            for name, field in self.types.fields(model).items():
                about = field.get("description") or self.types.schemas[next(references(field))]["description"]
                type = self.types.of(field, argument=True)
                yield Argument(name, type, about, "body", name, name in required)

    def _answer(self) -> tuple[str, str]:
        """What kind of thing, and its type."""
        [good] = [of for status, of in self.described["responses"].items() if status.startswith("2")]
        if "content" not in good:
            return "", "Nothing"
        if all(content["schema"] == {} for content in good["content"].values()):
            return "", "Content"
        [[media, content]] = good["content"].items()
        if media not in (_JSON, _STREAM, _LINES):
            raise NotUnderstood(f"{self.described['operationId']} answers with {media}")
        schema = content["schema"]
        answer = self.types.of(schema["properties"]["data"]["contentSchema"] if media == _STREAM else schema)
        return media, f"Lines[{answer}]" if media == _LINES else answer

    def _sent(self, arguments: list[Argument], answer: str) -> str:
        parts = ["content=content"] if any(each.place == "content" for each in arguments) else []
        parts += [
            f"{keyword}={{{', '.join(chosen)}}}"
            for place, keyword in _PLACES.items()
            if keyword
            and (chosen := [f'"{each.sent_as}": {each.name}' for each in arguments if each.place == place])
        ]
        path = re.sub(r"{(\w+)}", r"{segment(\1)}", self.path)
        quoted = f'f"{path}"' if path != self.path else f'"{path}"'
        return f"Call({', '.join([repr(self.method), quoted, answer, *parts])})"
