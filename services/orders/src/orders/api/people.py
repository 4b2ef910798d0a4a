"""Pages for people who follow a link from a mail: in their language, of one piece, and without a script.

Nothing is loaded, from here or elsewhere, and what they send goes back to where the page came from.
"""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

from aiohttp import web

from orders.api.problems import Problem, response
from orders.words import LANGUAGES, Told, Words

FOR_PEOPLE = web.RequestKey("for_people", bool)
"""Whether people come to it from a link."""

_FOLDER = files("orders.api") / "page"
_VARIES = {"Vary": "Accept, Accept-Language"}


class Form(NamedTuple):
    """One button."""

    name: str
    value: str
    quiet: bool = False
    """It is not what most people want."""


def page(
    request: web.Request, told: Told, facts: tuple[str, str] | None = None, form: Form | None = None
) -> web.Response:
    """`facts`: the kind of mails, as its name is, and the address as it may be shown."""
    words = language(request)[1]
    parts = [_paragraph(told.text), *_facts(words, facts), *_form(told, form), _paragraph(told.note, "note")]
    return _written(request, told.title, "".join(parts))


def failure(request: web.Request, problem: Problem) -> web.Response:
    """Of what people come to: a page for who asks for one, else the problem itself."""
    if not _wants_page(request):
        answer = response(problem)
        answer.headers.update(_VARIES)
        return answer
    words = language(request)[1]
    answer = page(request, words.failures.get(problem.status, words.failed))
    answer.set_status(problem.status)
    answer.headers.update(problem.headers)
    return answer


def masked(address: str) -> str:
    """Enough for whoever has it to know it, and not for others."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def language(request: web.Request) -> tuple[str, Words]:
    """The one of ours that its reader likes best."""
    for wanted in _by_preference(request.headers.get("Accept-Language", "")):
        if (name := wanted.partition("-")[0]) in LANGUAGES:
            return name, LANGUAGES[name]
    return next(iter(LANGUAGES.items()))


def _wants_page(request: web.Request) -> bool:
    """Browsers name HTML, and before all else; programs do not."""
    for wanted in _by_preference(request.headers.get("Accept", "")):
        if wanted in ("text/html", "application/xhtml+xml"):
            return True
        if wanted in ("application/problem+json", "application/json"):
            return False
    return False


def _by_preference(header: str) -> list[str]:
    """What a header lists, without what it wants least: `ru;q=0`."""
    weighed = [_weighed(part) for part in header.lower().split(",")[:20]]
    return [name for name, weight in sorted(weighed, key=lambda each: -each[1]) if weight > 0]


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = (each.strip() for each in part.split(";"))
    weights = [each[2:].strip() for each in parameters if each.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


def _facts(words: Words, facts: tuple[str, str] | None) -> Iterator[str]:
    if facts:
        kind, address = facts
        about = words.kinds.get(kind, kind.replace("_", " ").capitalize())
        rows = {words.what: about, words.to: address}
        shown = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in rows.items())
        yield f"<dl>{shown}</dl>"


def _form(told: Told, form: Form | None) -> Iterator[str]:
    """It goes to the page's own address: that is the link."""
    if form:
        look = ' class="quiet"' if form.quiet else ""
        hidden = f'<input type="hidden" name="{escape(form.name)}" value="{escape(form.value)}">'
        yield f'<form method="post">{hidden}<button{look}>{escape(told.button)}</button></form>'


def _paragraph(text: str, look: str = "") -> str:
    named = f' class="{look}"' if look else ""
    return f"<p{named}>{escape(text)}</p>" if text else ""


def _written(request: web.Request, title: str, content: str) -> web.Response:
    name, _ = language(request)
    template, style = _parts()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    headers = {
        "Content-Language": name,
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        **_VARIES,
    }
    text = template.substitute(language=name, title=escape(title), style=style, content=content)
    return web.Response(text=text, content_type="text/html", headers=headers)


@cache
def _parts() -> tuple[Template, str]:
    """Read once, by whoever asks first: the files are small."""
    return Template((_FOLDER / "people.html").read_text()), (_FOLDER / "people.css").read_text()
