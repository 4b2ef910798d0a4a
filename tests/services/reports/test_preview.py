"""`reports preview` as a person calls it: with no settings, and no servers."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from commands import run

from reports.commands.preview import preview
from reports.documents import MEDIA, written
from reports.documents.samples import SAMPLES


@pytest.mark.parametrize("format", MEDIA)
def test_a_sample_is_written(format: str, tmp_path: Path) -> None:
    out = tmp_path / "report"
    result = CliRunner().invoke(preview, ["refunds", "--format", format, "--locale", "ru", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == written(SAMPLES["refunds"](), format, "ru")


def test_it_is_opened_where_nobody_says_where_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = CliRunner().invoke(preview, ["operations", "--format", "csv"])
    assert result.output.splitlines() == opened
    assert Path(opened[0]).name.startswith("operations-2026-03-01-2026-03-31-")
    assert Path(opened[0]).read_bytes() == written(SAMPLES["operations"](), "csv")


def test_it_is_a_command_of_reports(tmp_path: Path) -> None:
    code, output, errors = run("reports", "preview", "daily_sales", "--out", str(tmp_path / "a.pdf"))
    assert (code, output) == (0, f"{tmp_path / 'a.pdf'}\n"), errors
    code, _, errors = run("reports", "preview", "dayly_sales")
    assert code == 2
    assert "'daily_sales'" in errors
