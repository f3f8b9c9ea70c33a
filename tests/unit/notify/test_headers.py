"""Header fields come back from the email parser as they went in, and nothing gets in with them."""

from email import message_from_string, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.domain.headers import (
    MAX_NAME,
    MAX_SUBJECT,
    Mailbox,
    encode_ids,
    encode_text,
    one_line,
    subject_line,
)

NUMBER = "G20261121001"
TEXTS = st.text(max_size=300)


def parse(header: str) -> EmailMessage:
    """As a receiver would; a line that is too long or not folded rightly shows."""
    text = f"{header}\r\nX-End: yes\r\n\r\n"
    assert all(len(line) <= 998 for line in text.split("\r\n"))
    message = message_from_string(text, policy=policy.default)
    assert message["X-End"] == "yes"
    assert len(message.keys()) == 2
    return message


@given(TEXTS)
@example("快递丢了😀" * 60)
@example("=?utf-8?b?5oqV6K+J?=")
@example("a" * 300)
def test_any_subject_survives(text: str) -> None:
    subject = subject_line(NUMBER, text)
    assert parse(f"Subject: {encode_text(subject)}")["Subject"] == subject
    assert len(subject) <= MAX_SUBJECT + len(NUMBER) + 3


@given(TEXTS)
@example('王"小\\明" <x@evil.example>')
@example("Li, Lei (李雷)")
def test_any_name_survives_beside_its_address(name: str) -> None:
    to = parse(f"To: {Mailbox(name, 'han@example.com').encoded()}")["To"]
    (address,) = to.addresses
    assert address.addr_spec == "han@example.com"
    # Python's own parser puts blanks between encoded words (RFC 2047, 6.2 forbids it).
    shown = address.display_name if len(name.encode()) <= 45 else _decoded_name(name)
    assert shown == one_line(name, MAX_NAME)


def _decoded_name(name: str) -> str:
    encoded, _ = parseaddr(Mailbox(name, "han@example.com").encoded())
    return str(make_header(decode_header(encoded)))


@pytest.mark.parametrize(
    "attack",
    ["x\r\nBcc: all@example.com", "x\nBcc: y", "x\rBcc: y", "x\u2028Bcc: y", "x\x00\x0bBcc: y"],
)
def test_a_line_break_cannot_add_a_header(attack: str) -> None:
    assert parse(f"Subject: {encode_text(subject_line(NUMBER, attack))}")["Bcc"] is None
    assert parse(f"To: {Mailbox(attack, 'a@example.com').encoded()}")["Bcc"] is None


def test_the_number_stays_readable_in_front_of_an_encoded_subject() -> None:
    assert encode_text(subject_line(NUMBER, "投诉")).startswith(f"[{NUMBER}]\r\n =?utf-8?b?")


@pytest.mark.parametrize(
    "subject",
    [
        "投诉",
        "Re: 投诉",
        "回复：投诉",
        "RE: 答复: 转发:投诉",
        f"Re: [{NUMBER}] Re:投诉",
        f"[{NUMBER}][{NUMBER}] 投诉",
    ],
)
def test_what_mailers_put_in_front_of_a_subject_does_not_pile_up(subject: str) -> None:
    assert subject_line(NUMBER, subject) == f"[{NUMBER}] 投诉"


def test_an_empty_subject_is_the_number_alone() -> None:
    assert subject_line(NUMBER, "Re: \r\n") == f"[{NUMBER}]"


def test_message_ids_are_never_encoded() -> None:
    ids = [f"<{letter * 64}@support.example.com>" for letter in "abc"]
    header = f"References: {encode_ids(ids)}"
    assert "=?" not in header
    assert parse(header)["References"] == " ".join(ids)


@pytest.mark.parametrize(
    "text", ["Tidedesk 客服 <support@tidedesk.local>", "support@tidedesk.local"]
)
def test_a_configured_mailbox_is_read(text: str) -> None:
    assert Mailbox.parse(text).address == "support@tidedesk.local"
    assert Mailbox.parse(text).domain == "tidedesk.local"


@pytest.mark.parametrize("text", ["", "客服", "客服 <>", "用户@例子.测试"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Mailbox.parse(text)
