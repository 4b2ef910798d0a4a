"""`reports preview`: a report as its reader gets it. Needs no settings and no servers."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from reports.documents import MEDIA, pieces
from reports.documents.samples import SAMPLES


@click.command()
@click.argument("kind", type=click.Choice([*SAMPLES]))
@click.option("--format", type=click.Choice([*MEDIA]), default="pdf", show_default=True)
@click.option("--locale", default="en", show_default=True, help="The reader's, such as ru or de-CH.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; open nothing.")
def preview(kind: str, format: str, locale: str, out: Path | None) -> None:
    """Open a sample of a report: a month of a shop of teas."""
    report = SAMPLES[kind]()
    written = out or _new_file(report.name, format)
    with written.open("wb") as file:
        file.writelines(pieces(report, format, locale))
    click.echo(str(written))
    if out is None:
        click.launch(str(written))


def _new_file(name: str, format: str) -> Path:
    """It stays: what opens it reads it when this program is gone."""
    with NamedTemporaryFile(prefix=f"{name}-", suffix=f".{format}", delete=False) as file:
        return Path(file.name)
