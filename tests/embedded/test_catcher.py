"""The catcher takes mails over SMTP and shows them through Mailpit's API."""

import asyncio
import json
import smtplib
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from embedded.catcher.process import Catcher
from embedded.catcher.smtp import serve
from embedded.catcher.store import Mailbox
from embedded.ports import free_port


def of_its_own(folder: Path) -> Catcher:
    """Not on the usual ports: other catchers, of other tests, come up at the same time."""
    catcher = Catcher(folder)
    catcher.smtp_port, catcher.http_port = free_port(), free_port()
    return catcher


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catcher]:
    with of_its_own(tmp_path_factory.mktemp("catcher")) as catcher:
        yield catcher


@pytest.fixture
def catcher(server: Catcher) -> Catcher:
    """Empty."""
    call(server, "/api/v1/messages", method="DELETE")
    return server


@pytest.fixture
def smtp(catcher: Catcher) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", catcher.smtp_port) as client:
        yield client


def call(catcher: Catcher, path: str, body: Any = None, method: str = "GET") -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(catcher.url + path, data, method=method)) as answer:
        text = answer.read().decode()
        return json.loads(text) if "json" in answer.headers["Content-Type"] else text


def search(catcher: Catcher, query: str) -> list[str]:
    found = call(catcher, f"/api/v1/search?{urllib.parse.urlencode({'query': query})}")
    assert found["messages_count"] == found["count"] == len(found["messages"])
    return sorted(mail["Subject"] for mail in found["messages"])


def receipt(
    subject: str = "Your order", to: str = "Zoë Ærø <zoe@example.com>", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Meshwork <orders@meshwork.example>", to, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Thank you.\n.\n..two dots, and one above\n")
    mail.add_alternative("<p>Thank <b>you</b>.</p>", subtype="html")
    return mail


def test_a_mail_in_the_list_and_in_full(catcher: Catcher, smtp: smtplib.SMTP) -> None:
    mail = receipt("Grüße, your order", Message_ID="<1@meshwork.example>", X_Order_Id="42")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="receipt.pdf")
    smtp.send_message(mail, to_addrs=["zoe@example.com", "hidden@example.com"])

    page = call(catcher, "/api/v1/messages")
    [entry] = page.pop("messages")
    counts = dict.fromkeys(["total", "unread", "count", "messages_count", "messages_unread"], 1)
    assert page == counts | {"start": 0, "tags": []}
    assert entry["MessageID"] == "1@meshwork.example"
    assert entry["From"] == {"Name": "Meshwork", "Address": "orders@meshwork.example"}
    assert entry["To"] == [{"Name": "Zoë Ærø", "Address": "zoe@example.com"}]
    assert entry["Bcc"] == [{"Name": "", "Address": "hidden@example.com"}]
    assert (entry["Subject"], entry["Attachments"], entry["Read"]) == ("Grüße, your order", 1, False)
    assert entry["Snippet"] == "Thank you. . ..two dots, and one above"

    path = f"/api/v1/message/{entry['ID']}"
    details = call(catcher, path)
    assert details["Text"] == "Thank you.\n.\n..two dots, and one above\n"
    assert details["HTML"].strip() == "<p>Thank <b>you</b>.</p>"
    [attachment] = details["Attachments"]
    assert attachment["FileName"] == "receipt.pdf"
    assert call(catcher, f"{path}/part/{attachment['PartID']}") == "%PDF"
    assert call(catcher, f"{path}/headers")["X-Order-Id"] == ["42"]
    assert "X-Order-Id: 42" in call(catcher, f"{path}/raw")
    assert call(catcher, "/api/v1/messages")["unread"] == 0


def test_searching(catcher: Catcher, smtp: smtplib.SMTP) -> None:
    smtp.send_message(receipt("Alpha one", "ada@example.com", Message_ID="<a@x>"))
    smtp.send_message(receipt("Beta one", "bob@example.com", Message_ID="<b@x>"))
    assert search(catcher, "to:ada@example.com") == ["Alpha one"]
    assert search(catcher, "to:example.com") == ["Alpha one", "Beta one"]
    assert search(catcher, "to:a_a@example.com") == []
    assert search(catcher, 'subject:"beta one"') == ["Beta one"]
    assert search(catcher, "message-id:<a@x>") == ["Alpha one"]
    assert search(catcher, "from:meshwork alpha") == ["Alpha one"]
    assert search(catcher, "THANK beta") == ["Beta one"]
    assert search(catcher, "is:unread to:bob") == ["Beta one"]


def test_pages_marks_and_deletion(catcher: Catcher, smtp: smtplib.SMTP) -> None:
    for number in range(30):
        smtp.send_message(receipt(f"number {number}"))
    assert len(call(catcher, "/api/v1/messages?limit=100000")["messages"]) == 30
    page = call(catcher, "/api/v1/messages?start=10&limit=2")
    assert [mail["Subject"] for mail in page["messages"]] == ["number 19", "number 18"]
    ids = [mail["ID"] for mail in page["messages"]]
    call(catcher, "/api/v1/messages", {"IDs": ids, "Read": True}, "PUT")
    assert call(catcher, "/api/v1/messages")["unread"] == 28
    call(catcher, "/api/v1/messages", {"IDs": ids}, "DELETE")
    assert call(catcher, "/api/v1/messages")["total"] == 28
    with pytest.raises(urllib.error.HTTPError, match="404"):
        call(catcher, f"/api/v1/message/{ids[0]}")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        call(catcher, "/api/v1/messages", ["all"], "DELETE")


def test_mails_that_clients_rarely_send(catcher: Catcher, smtp: smtplib.SMTP) -> None:
    smtp.sendmail('"a b"@example.com', ["<zoë@example.com>"], b"", ["SMTPUTF8"])
    smtp.sendmail("a@example.com", ["b@example.com"], b".\r\n")
    unknown = b"Subject: =?x-unknown?q?a?=\r\nContent-Type: text/plain; charset=none\r\n\r\n\xff\xfe"
    smtp.sendmail("a@example.com", ["b@example.com"], unknown)
    with pytest.raises(smtplib.SMTPSenderRefused, match="size exceeds"):
        smtp.sendmail("a@example.com", ["b@example.com"], b"x" * 27_000_000)
    page = call(catcher, "/api/v1/messages")
    assert page["total"] == 3
    assert page["messages"][2]["Bcc"] == [{"Name": "", "Address": "zoë@example.com"}]
    assert call(catcher, f"/api/v1/message/{page['messages'][1]['ID']}/raw") == ".\r\n"


def test_pipelined_commands(catcher: Catcher) -> None:
    commands = "EHLO x\nMAIL FROM:<a@x.org>\nRCPT TO:<b@x.org>\nDATA\nSubject: fast\n\nx\n.\nQUIT\n"
    with socket.create_connection(("127.0.0.1", catcher.smtp_port)) as client:
        client.sendall(commands.replace("\n", "\r\n").encode())
        answers = client.makefile().read()
    assert "250-PIPELINING" in answers
    assert answers.endswith("250 OK\n221 Bye\n")
    assert search(catcher, "to:b@x.org") == ["fast"]


def test_a_mail_that_cannot_be_written_is_not_accepted(tmp_path: Path) -> None:
    async def story() -> None:
        mailbox = Mailbox(tmp_path / "mails.db")
        mailbox._db.execute("PRAGMA query_only = ON")
        port = free_port()
        async with await serve(mailbox, "127.0.0.1", port):
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                await asyncio.to_thread(send, port)
        mailbox._db.close()

    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(receipt())

    asyncio.run(story())


def test_html_is_shown_without_power(catcher: Catcher, smtp: smtplib.SMTP) -> None:
    smtp.send_message(receipt())
    with urllib.request.urlopen(f"{catcher.url}/view/latest.html") as answer:
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert "<b>you</b>" in answer.read().decode()


def test_mails_outlive_a_restart(tmp_path: Path) -> None:
    with of_its_own(tmp_path) as catcher, smtplib.SMTP("127.0.0.1", catcher.smtp_port) as smtp:
        smtp.send_message(receipt())
    with of_its_own(tmp_path) as catcher:
        assert search(catcher, "subject:order") == ["Your order"]
