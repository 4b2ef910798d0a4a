"""The look of mails, written once and read into the elements that name it, when a template is loaded.

Mail programs drop style sheets and keep `style`. Done per mail it would cost more than the mail itself.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from jinja2 import BaseLoader, Environment

from emails.templates.errors import BrokenTemplate

SHEET = "mail.css"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
_NAME = re.compile(r"\.([a-z][\w-]*)")
_CLASS = re.compile(r'\bclass="([^"]*)"')


class Sheet(NamedTuple):
    inline: dict[str, str]
    """The declarations of each class."""
    head: str
    """What no element can say: it holds for some screens only."""
    in_head: frozenset[str]
    """The classes of which that says more."""


def sheet(css: str) -> Sheet:
    """`css` has its rules first, each for one class, and its media queries behind them."""
    css = _COMMENT.sub("", css)
    rules, media, queries = css.partition("@media")
    head = " ".join((media + queries).split())
    inline = {name.strip().removeprefix("."): _tidy(found) for name, found in _RULE.findall(rules)}
    return Sheet(inline, head, frozenset(_NAME.findall(head)))


def _tidy(declarations: str) -> str:
    """Without what costs bytes in each of its places, and with no quotes that end an attribute."""
    found = re.sub(r"\s*([:;,])\s*", r"\1", " ".join(declarations.split()))
    return found.rstrip("; ").replace('"', "'")


class Inlining(BaseLoader):
    """Another loader's templates, with the style of each class in the elements of that class."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader
        self._sheet: Sheet | None = None

    def sheet(self, environment: Environment) -> Sheet:
        self._sheet = self._sheet or sheet(self._loader.get_source(environment, SHEET)[0])
        return self._sheet

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, file, fresh = self._loader.get_source(environment, template)
        if template.endswith(".html"):
            source = inlined(source, template, self.sheet(environment))
        return source, file or template, fresh  # a traceback shows the file

    def list_templates(self) -> list[str]:
        return self._loader.list_templates()


def inlined(source: str, template: str, sheet: Sheet) -> str:
    """Raises BrokenTemplate for a class that the sheet does not have."""

    def attributes(found: re.Match[str]) -> str:
        names = found[1].split()
        if unknown := [name for name in names if name not in sheet.inline]:
            raise BrokenTemplate(f"{template}: {SHEET} has no class {unknown[0]!r}")
        style = f'style="{";".join(sheet.inline[name] for name in names)}"'
        kept = " ".join(name for name in names if name in sheet.in_head)
        return f'class="{kept}" {style}' if kept else style

    return _CLASS.sub(attributes, source)
