"""`emails preview` as a person calls it: with no settings, and no servers."""

import webbrowser
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from click.testing import CliRunner
from commands import run

from emails.commands.preview import preview
from emails.templates.samples import SAMPLES


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_mail_is_written(kind: str, tmp_path: Path) -> None:
    code, _, errors = _called(kind, "--locale", "ru-RU", "--out", str(tmp_path / "mail.html"))
    assert code == 0, errors
    assert '<html lang="ru-RU" dir="ltr">' in (tmp_path / "mail.html").read_text()


def test_its_text_is_shown() -> None:
    code, output, errors = run("emails", "preview", "receipt", "--locale", "ru", "--text")
    assert code == 0, errors
    assert output.startswith("Ваш заказ ")
    assert "Итого: 9\u00a0853,20\u00a0₽\n" in output


def test_its_text_is_written(tmp_path: Path) -> None:
    _called("paid", "--text", "--out", str(tmp_path / "mail.txt"))
    assert (tmp_path / "mail.txt").read_text().startswith("Hello Ada Lovelace,\n")


def test_a_browser_opens_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, output, _ = _called("bulk", "--locale", "../de")
    [url] = opened
    shown = Path(url2pathname(urlsplit(url).path))
    assert (code, shown.parent) == (0, tmp_path)
    assert str(shown) in output
    assert "The first flush has arrived" in shown.read_text()


def test_what_there_is_is_said_of_what_there_is_not() -> None:
    code, _, errors = _called("recipt")
    assert code == 2
    assert "'receipt'" in errors


def _called(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(preview, arguments)
    return result.exit_code, result.stdout, result.stderr
