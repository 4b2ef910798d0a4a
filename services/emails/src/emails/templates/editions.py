"""All templates in one language, compiled, and held against what they are given."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from types import CodeType

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    Template,
    meta,
    nodes,
    select_autoescape,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from emails.domain import Content
from emails.templates import plaintext
from emails.templates.errors import BrokenTemplate
from emails.templates.pages import BulkPage, NoticePage, Page, ReceiptPage, ReportPage
from emails.templates.readers import words
from emails.templates.styles import Inlining

_TEMPLATES: dict[type[Page], str] = {
    ReceiptPage: "receipt",
    NoticePage: "notice",
    ReportPage: "report",
    BulkPage: "bulk",
}
_BLANKS = Markup("&#8199;&#847; " * 60)  # noqa: S704  # as wide as a figure, and then nothing


class Edition:
    def __init__(self, language: str, loader: BaseLoader, compiled: "Compiled") -> None:
        self.environment = _environment(language, Inlining(loader), compiled)
        self._templates = {page: self._pair(name) for page, name in _TEMPLATES.items()}

    def content(self, page: Page) -> Content:
        text, html = self._templates[type(page)]
        values = vars(page)
        return Content(page.subject, text.render(values), html.render(values))

    def _pair(self, name: str) -> tuple[Template, Template]:
        return self.environment.get_template(f"{name}.txt"), self.environment.get_template(f"{name}.html")


class Compiled(BytecodeCache):
    """The templates' code, which is the same in every language: compiling it takes 50 ms."""

    def __init__(self) -> None:
        self._code: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self._code[bucket.key] = bucket.code


def _environment(language: str, loader: Inlining, compiled: Compiled) -> Environment:
    environment = Environment(
        loader=loader,
        bytecode_cache=compiled,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,  # a missing variable is an error, not a hole in a mail
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(wrapped=plaintext.wrapped, row=plaintext.row, right=plaintext.right)
    sheet = Markup(loader.sheet(environment).head)  # noqa: S704  # our own file
    environment.globals.update(sheet=sheet, blanks=_BLANKS)
    return environment


def hold_against_pages(environment: Environment) -> None:
    """Raise BrokenTemplate for a template that asks for what its page does not have."""
    names = environment.list_templates(extensions=["html", "txt"])
    trees = {name: _parsed(environment, name) for name in names}
    for page, template in _TEMPLATES.items():
        given = {field.name for field in fields(page)} | environment.globals.keys()
        for name in chain(*(_all_of(f"{template}.{part}", trees) for part in ("txt", "html"))):
            if missing := sorted(meta.find_undeclared_variables(trees[name]) - given):
                raise BrokenTemplate(f"{name}: nothing gives it {missing[0]!r}")


def _all_of(template: str, trees: dict[str, nodes.Template]) -> Iterator[str]:
    """It, and all that it extends, imports or includes."""
    yield template
    for name in meta.find_referenced_templates(trees[template]):
        assert name, f"{template} has a template's name from a variable: nothing could check that one"
        yield from _all_of(name, trees)


def _parsed(environment: Environment, template: str) -> nodes.Template:
    assert environment.loader
    source, file, _ = environment.loader.get_source(environment, template)
    return environment.parse(source, template, file)
