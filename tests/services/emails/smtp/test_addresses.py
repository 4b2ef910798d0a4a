"""Which addresses are asked for at all. What is refused is never quoted."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emails.smtp import Refused
from emails.smtp.addresses import deliverable


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ada@example.com", None),
        ("Ada+tea@Example.COM", None),
        ("o'brien/x=y@example.com", None),
        ("ada.@example.com", None),  # Japan's carriers gave away such
        ('"ada b@c"@example.com', None),
        ('"a\\"d"@example.com', None),
        ("ada@localhost", None),
        ("üñ@example.com", None),
        ("愛@bücher.example", "愛@xn--bcher-kva.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("a" * 64 + "@example.com", None),
    ],
)
def test_an_address(address: str, told: str | None) -> None:
    assert deliverable(address) == (told or address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "lacks a part"),
        ("ada", "lacks a part"),
        ("@example.com", "lacks a part"),
        ("ada@", "lacks a part"),
        ("a" * 65 + "@example.com", "more than 64 bytes"),
        ("愛" * 22 + "@example.com", "more than 64 bytes"),
        ("ada@" + "a" * 64 + ".example", "none that the DNS"),
        ("ada@" + "a." * 127 + "example", "none that the DNS"),
        ("a" * 64 + "@" + "a." * 95 + "example", "more than 254 bytes"),
        ("ada love@example.com", "characters"),
        ("ada\r\nRCPT TO:<eve@example.com>@example.com", "characters"),
        ("ada<eve@example.com", "characters"),
        ("ada>@example.com", "characters"),
        ("a@b@example.com", "characters"),
        ('"ada"eve"@example.com', "characters"),
        ('"ada\r\n"@example.com', "characters"),
        ("ada\x00@example.com", "characters"),
        ("ada\ud800@example.com", "characters"),
        ("ada@example.com> SIZE=1", "none that the DNS"),
        ("ada@example.com\r\nDATA", "none that the DNS"),
        ("ada@exa mple.com", "none that the DNS"),
        ("ada@example..com", "none that the DNS"),
        ("ada@.example.com", "none that the DNS"),
        ("ada@[192.0.2.1]", "none that the DNS"),
        ("ada@\u2665-.example", "none that the DNS"),
        ("ada@\ud800.example", "none that the DNS"),
    ],
)
def test_no_address(address: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        deliverable(address)
    assert not refused.value.no_mailbox
    assert "ada" not in str(refused.value)
    assert "example" not in str(refused.value)


@given(st.text(max_size=40), st.text(max_size=40))
@example("ada", "example.com\n")
def test_nothing_ends_a_command(local: str, domain: str) -> None:
    try:
        address = deliverable(f"{local}@{domain}")
    except Refused:
        return
    assert address.isprintable()
    assert address.rpartition("@")[2].isascii()
    assert ">" not in address.rpartition('"')[2]
    assert len(address.encode()) <= 254
