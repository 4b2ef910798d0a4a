"""A mail as others read it: names, files and links, whatever is in them."""

import time
import tracemalloc
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import mail

from emails.domain import Attachment, Content
from emails.smtp import Refused, mime

MEGABYTES_20 = 20 * 1024 * 1024
FROM = "Meshwork <orders@meshwork.example>"


def raw(reply_to: str | None = None, **more: Any) -> bytes:
    one = mail(**more)
    kind, body = mime.body(one)
    headers = mime.headers(one, FROM, one.to_address, "meshwork.example", reply_to)
    return mime.written([*headers, kind]) + b"".join(body)


def read(**more: Any) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(raw(**more), policy=default))


def file(name: str = "report.csv", content: bytes = b"a,b\n1,2\n", type: str = "text/csv") -> Attachment:
    return Attachment(name, type, content)


def test_all_its_headers() -> None:
    one = read(reply_to="Help <help@meshwork.example>", unsubscribe="https://api.example/u/abc?x=1")
    assert one["Reply-To"] == "Help <help@meshwork.example>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["List-Unsubscribe"] == "<https://api.example/u/abc?x=1>"
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one["X-Order-Id"]


def test_none_that_it_has_no_use_for() -> None:
    one = read(order_id=None)
    assert {"Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "X-Order-Id"}.isdisjoint(one.keys())


@pytest.mark.parametrize(
    "link", ["x", "https://a.example/> x", "https://a.example/\r\nBcc: eve@x", "https://"]
)
def test_a_link_that_is_none(link: str) -> None:
    with pytest.raises(Refused, match="unsubscribe"):
        raw(unsubscribe=link)


def test_files_are_beside_what_it_says() -> None:
    files = (file(), file("b.pdf", b"\x00" * 100, "application/pdf"))
    one = read(attachments=files)
    assert one.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in one.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/csv",
        "application/pdf",
    ]
    attached = list(one.iter_attachments())
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in attached] == [
        ("report.csv", b"a,b\n1,2\n"),
        ("b.pdf", b"\x00" * 100),
    ]
    body = one.get_body(("plain",))
    assert body
    assert "Hello Ada" in body.get_content()


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ("Отчёт за ноябрь.csv", "Отчёт за ноябрь.csv"),
        ("愛" * 150, "愛" * 150),
        ("🫖" * 60 + ".pdf", "🫖" * 60 + ".pdf"),
        ('a "b" c.csv', 'a "b" c.csv'),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ('x.csv"\r\nContent-Type: text/html\r\n\r\n<b>', 'x.csv" Content-Type: text_html <b>'),
        ("", "file"),
        ("\r\n", "file"),
    ],
)
def test_the_name_of_a_file(name: str, arrives: str) -> None:
    content = raw(attachments=(file(name),))
    [part] = cast("EmailMessage", message_from_bytes(content, policy=default)).iter_attachments()
    assert part.get_filename() == arrives
    assert part.get_content_type() == "text/csv"
    assert max(map(len, content.splitlines())) < 200


@pytest.mark.parametrize("type", ["text/html\r\nX: y", "text", "", "te xt/csv", "テ/スト"])
def test_a_type_that_is_none(type: str) -> None:
    [part] = read(attachments=(file(type=type),)).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"


@given(st.text(), st.text(max_size=300), st.text(max_size=300))
def test_no_header_comes_of_a_text(subject: str, name: str, file_name: str) -> None:
    content = Content(subject, "x", "y")
    one = read(to_name=name, content=content, attachments=(file(file_name or "x"),))
    told = ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "X-Order-Id"]
    assert one.keys() == [*told, "MIME-Version", "Content-Type"]
    assert len(list(one.iter_attachments())) == 1


@given(st.text(max_size=3000), st.integers(0, 300))
def test_what_it_says_arrives(text: str, size: int) -> None:
    one = message_from_bytes(raw(content=Content("s", text, text), attachments=(file(content=bytes(size)),)))
    plain, html, attached = (part.get_payload(decode=True) for part in one.walk() if not part.is_multipart())
    assert plain == html == text.encode()
    assert attached == bytes(size)


def test_twenty_megabytes() -> None:
    big = mail(attachments=(file(content=bytes(range(256)) * (MEGABYTES_20 // 256)),))
    began = time.perf_counter()
    _, body = mime.body(big)
    assert time.perf_counter() - began < 5  # 0.1 s on a machine that does nothing else
    assert sum(map(len, body)) < 1.4 * MEGABYTES_20
    del body
    tracemalloc.start()
    mime.body(big)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3.5 * MEGABYTES_20  # the lines, and once more while they are joined
