"""`emails preview`: a mail as its reader sees it. Needs no settings and no servers."""

import webbrowser
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from emails.domain import Content
from emails.templates import Templates
from emails.templates.samples import SAMPLES


@click.command()
@click.argument("kind", type=click.Choice([*SAMPLES]))
@click.option("--locale", default="en", show_default=True, help="The reader's, such as ru or de-CH.")
@click.option("--text", is_flag=True, help="The text part, on the screen.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; open nothing.")
def preview(kind: str, locale: str, text: bool, out: Path | None) -> None:
    """Open a sample of a mail in a browser."""
    content = SAMPLES[kind](Templates(), locale)
    if text and out is None:
        click.echo(f"{content.subject}\n\n{content.text}")
        return
    written = out or _new_file(kind)
    written.write_text(_shown(content, text), encoding="utf-8")
    click.echo(f"{content.subject}: {written}")
    if out is None:
        webbrowser.open(written.as_uri())


def _shown(content: Content, text: bool) -> str:
    return content.text if text else content.html


def _new_file(kind: str) -> Path:
    """It stays: a browser reads it when this program is gone."""
    with NamedTemporaryFile(prefix=f"emails-{kind}-", suffix=".html", delete=False) as file:
        return Path(file.name)
