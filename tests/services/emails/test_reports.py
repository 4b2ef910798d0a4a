"""Reports by mail: attached, or as a link that opens for a week."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mailserver import MailServer
from outcomes import dead
from wanted import send_report

from contracts.emails import EmailFailed, ReportSent
from contracts.files import File
from contracts.links import Download
from emails.usecases.letters import LARGEST
from emails.wiring import Deps
from mesh.testing import sent

Deliver = Callable[..., None]
CSV = b"day,orders\r\n2026-03-01,7\r\n"


def kept(deps: Deps, content: bytes = CSV, name: str = "sales.csv") -> File:
    assert deps.desk.files
    return deps.desk.files.put([content], "text/csv", name)


def link(text: str) -> str:
    [found] = [word for word in text.split() if "/v1/files/" in word]
    return found.strip("<>().")


def test_a_small_one_is_attached(deliver: Deliver, deps: Deps, server: MailServer, tx: Any) -> None:
    deliver(wanted := send_report(kept(deps)))
    [mail] = server.mails
    [attached] = mail.message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("sales.csv", "text/csv")
    assert attached.get_payload(decode=True) == CSV
    assert "/v1/files/" not in mail.text("plain")
    [told] = sent(tx, ReportSent)
    assert told.report_id == wanted.report_id


def test_by_link_there_is_nothing_in_it(deliver: Deliver, deps: Deps, server: MailServer) -> None:
    file = kept(deps)
    deliver(send_report(file, by="link"))
    [mail] = server.mails
    assert list(mail.message.iter_attachments()) == []
    token = link(mail.text("plain")).rpartition("/")[2]
    assert deps.desk.links.read("files", token, Download).file == file


def test_a_large_one_goes_by_link_all_the_same(deliver: Deliver, deps: Deps, server: MailServer) -> None:
    deliver(send_report(kept(deps, b"x" * (LARGEST + 1))))
    [mail] = server.mails
    assert list(mail.message.iter_attachments()) == []
    assert link(mail.text("plain"))


def test_a_file_that_is_gone_is_a_dead_letter(
    deliver: Deliver, deps: Deps, server: MailServer, tx: Any, tmp_path: Path
) -> None:
    file = kept(deps).model_copy(update={"digest": "0" * 64})
    deliver(send_report(file))
    [(reason, error)] = dead(tx)
    assert reason == "rejected"
    assert "not in the file store any more" in error
    assert [f.report_id is not None for f in sent(tx, EmailFailed)] == [True]
    assert server.mails == []
