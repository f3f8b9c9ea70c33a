"""Whole mails, as the email parser reads them."""

from collections.abc import Generator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest

from libs.common.errors import NotFound
from services.notify.domain.headers import Mailbox
from services.notify.domain.mail import LOOP_HEADER, Attachment, Letter, write_mail
from tests.unit.notify.facts import NOON

LETTER = Letter(
    delivery_id=UUID("019aa68d-0000-7000-8000-000000000001"),
    occasion="replied",
    message_id=f"<{'a' * 64}@tidedesk.local>",
    references=(),
    sender=Mailbox("Tidedesk 客服", "support@tidedesk.local"),
    recipient=Mailbox("韩梅梅", "han@example.com"),
    subject="[G20261121001] 收到的商品破损",
    text="您好：\n\n已为您补发😀。\n.单独一行的点\n",
    html="<p>已为您补发😀。</p>",
    written_at=NOON,
)
PHOTO = Attachment("k1", '破损\r\n照片 "1".jpg', "image/jpeg", 70_000)
FILES = {"k1": bytes(range(256)) * 300, "k2": b""}


def open_blob(key: str) -> Generator[bytes]:
    """In pieces that fit no line of base64."""
    content = FILES[key]
    return (content[at : at + 1000] for at in range(0, len(content), 1000))


def parsed(letter: Letter) -> EmailMessage:
    message = message_from_bytes(b"".join(write_mail(letter, open_blob)), policy=policy.default)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def test_both_forms_of_the_text_come_through() -> None:
    message = parsed(LETTER)
    assert message.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in message.iter_parts())
    assert text.replace("\r\n", "\n") == LETTER.text
    assert html.strip() == LETTER.html


def test_headers_say_who_to_whom_and_when() -> None:
    message = parsed(LETTER)
    assert str(message["From"]) == "Tidedesk 客服 <support@tidedesk.local>"
    assert str(message["Reply-To"]) == "Tidedesk 客服 <support@tidedesk.local>"
    assert str(message["To"]) == "韩梅梅 <han@example.com>"
    assert message["Subject"] == LETTER.subject
    assert message["Date"].datetime == NOON
    assert message["Message-ID"] == LETTER.message_id
    assert message["In-Reply-To"] is None


def test_a_later_mail_refers_to_the_earlier_ones() -> None:
    earlier = (f"<{'b' * 64}@tidedesk.local>", f"<{'c' * 64}@tidedesk.local>")
    message = parsed(replace(LETTER, references=earlier))
    assert message["References"] == " ".join(earlier)
    assert message["In-Reply-To"] == earlier[-1]


@pytest.mark.parametrize(
    ("occasion", "submitted"),
    [("receipt", "auto-replied"), ("solved", "auto-generated"), ("assigned", "auto-generated")],
)
def test_automatic_mails_say_so_and_stop_answers(occasion: str, submitted: str) -> None:
    message = parsed(replace(LETTER, occasion=occasion))
    assert message["Auto-Submitted"] == submitted
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message[LOOP_HEADER] == "tidedesk.local"


def test_a_persons_reply_is_not_marked_as_automatic() -> None:
    message = parsed(LETTER)
    assert not {"Auto-Submitted", "X-Auto-Response-Suppress", LOOP_HEADER} & set(message.keys())


def test_files_go_along_whole_with_names_that_add_no_header() -> None:
    empty = Attachment("k2", "", "no media type", 0)
    message = parsed(replace(LETTER, attachments=(PHOTO, empty)))
    body = message.get_body(("plain",))
    assert body is not None
    assert "已为您补发" in body.get_content()
    photo, nothing = message.iter_attachments()
    assert photo.get_content() == FILES["k1"]
    assert photo.get_filename() == '破损 照片 "1".jpg'
    assert photo.get_content_type() == "image/jpeg"
    assert nothing.get_content() == b""
    assert nothing.get_filename() == "file"
    assert nothing.get_content_type() == "application/octet-stream"


@pytest.mark.parametrize("media_type", ["message/rfc822", "multipart/mixed", "text/x\r\nBcc: y"])
def test_a_file_cannot_pose_as_a_part_of_the_mail(media_type: str) -> None:
    file = Attachment("k1", "x.eml", media_type, 1)
    message = parsed(replace(LETTER, attachments=(file,)))
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "application/octet-stream"


def test_pieces_are_whole_lines_of_plain_ascii() -> None:
    for piece in write_mail(replace(LETTER, attachments=(PHOTO,)), open_blob):
        assert piece.endswith(b"\r\n")
        assert piece.isascii()
        assert all(len(line) <= 998 for line in piece.split(b"\r\n"))
        assert b"\n" not in piece.replace(b"\r\n", b"")


def test_a_mail_written_again_is_the_same_to_the_letter() -> None:
    letter = replace(LETTER, attachments=(PHOTO,))
    assert list(write_mail(letter, open_blob)) == list(write_mail(letter, open_blob))


def test_files_are_read_only_when_their_turn_comes() -> None:
    def missing(key: str) -> Generator[bytes]:
        raise NotFound("blob.missing", key)

    pieces = write_mail(replace(LETTER, attachments=(PHOTO,)), missing)
    assert b"Subject" in next(pieces)
    with pytest.raises(NotFound):
        list(pieces)


def test_a_mail_that_is_broken_off_closes_its_files() -> None:
    opened = open_blob("k1")
    pieces = write_mail(replace(LETTER, attachments=(PHOTO,)), lambda key: opened)
    for _ in range(3):
        next(pieces)
    pieces.close()
    assert next(opened, None) is None
