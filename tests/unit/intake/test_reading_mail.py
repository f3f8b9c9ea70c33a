"""Mails as inbound messages: the good, the broken and the hostile."""

import base64

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.intake.domain import texts
from services.intake.domain.mail.parts import MAX_FILES
from services.intake.domain.mail.reading import NO_TEXT, UNKNOWN_SENDER, UNREADABLE, read_mail
from tests.unit.intake.mails import (
    PHOTO,
    bounce,
    complaint_with_photo,
    nested,
    plain,
    raw,
    word,
)

TEXT = "您好,收到的商品破损,请退款。"


def test_a_plain_mail() -> None:
    message = read_mail(plain(TEXT))
    assert (message.sender.name, message.sender.email) == ("张三", "zhang@example.com")
    assert message.subject == "打印机坏了"
    assert message.text == TEXT
    assert message.message_id == "<one@example.com>"
    assert message.sent_at is not None
    assert message.sent_at.isoformat() == "2023-10-01T02:00:00+00:00"
    assert message.html is None


def test_text_html_and_files_of_one_mail() -> None:
    message = read_mail(complaint_with_photo())
    assert message.text == "收到的商品破损,见照片。"
    assert message.html is not None
    assert '<img src="cid:photo1@x">' in message.html
    assert "tracker" not in message.html
    assert "alert" not in message.html
    files = {file.name: file for file in message.files}
    assert files["照片.png"].content == PHOTO
    assert files["照片.png"].content_id == "photo1@x"
    assert files["订单 2023.pdf"].content == b"%PDF-1.4 order"


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("gb2312", "gb2312"),
        ("gb18030", "gb18030"),
        ("gbk", "gb2312"),
        ("gbk", "utf-8"),
        ("gbk", ""),
        ("utf-8", "gb2312"),
        ("utf-8", "no-such-charset"),
        ("gbk", "us-ascii"),
    ],
)
def test_the_charset_of_a_body_is_found(charset: str, declared: str) -> None:
    parameter = f"; charset={declared}" if declared else ""
    content = base64.b64encode(TEXT.encode(charset))
    head = f"From: a@b.cn\nContent-Type: text/plain{parameter}\nContent-Transfer-Encoding: base64"
    assert read_mail(raw(head, content)).text == TEXT
    head = head.replace("base64", "8bit")
    assert read_mail(raw(head, TEXT.encode(charset))).text == TEXT


def test_big5_mail() -> None:
    text = "請問我的訂單何時出貨？"
    head = f"From: {word('陳大文', 'big5')} <a@b.tw>\nContent-Type: text/plain; charset=big5"
    message = read_mail(raw(head, text.encode("big5")))
    assert (message.text, message.sender.name) == (text, "陳大文")


def test_raw_8bit_headers_in_gbk() -> None:
    mail = "From: 张三 <a@b.cn>\r\nSubject: 投诉\r\n\r\n你好".encode("gbk")
    message = read_mail(mail)
    assert (message.sender.name, message.subject, message.text) == ("张三", "投诉", "你好")


def test_a_mail_with_html_only_has_a_text() -> None:
    head = "From: a@b.cn\nContent-Type: text/html; charset=utf-8"
    message = read_mail(raw(head, "<p>您好</p><script>x</script><p>请退款</p>"))
    assert message.text == "您好\n\n请退款"
    assert message.html == "<p>您好</p><p>请退款</p>"


def test_an_empty_plain_alternative_does_not_hide_the_html() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\n \n"
        "--b\nContent-Type: text/html; charset=utf-8\n\n<p>请退款</p>\n--b--\n"
    )
    message = read_mail(raw("From: a@b.cn\nContent-Type: multipart/alternative; boundary=b", body))
    assert message.text == "请退款"


def test_texts_around_a_picture_are_joined() -> None:
    body = (
        "--b\nContent-Type: text/plain; charset=utf-8\n\n前\n"
        "--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.b64encode(PHOTO).decode()}\n"
        "--b\nContent-Type: text/plain; charset=utf-8\n\n后\n--b--\n"
    )
    message = read_mail(raw("From: a@b.cn\nContent-Type: multipart/mixed; boundary=b", body))
    assert message.text == "前\n后"
    assert [file.name for file in message.files] == ["a.png"]


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=utf-8''%E7%85%A7%E7%89%87.jpg",
        "attachment; filename*0*=utf-8''%E7%85%A7; filename*1*=%E7%89%87.jpg",
        f'attachment; filename="{word("照片.jpg")}"',
        f"attachment; filename={word('照片.jpg', 'gbk')}",
        "attachment; filename*=gb2312''%D5%D5%C6%AC.jpg",
        'attachment; filename="照片.jpg"',
        "attachment; filename*=utf-8''%2E%2E%2F%E7%85%A7%E7%89%87.jpg",
    ],
)
def test_file_names_in_all_their_encodings(disposition: str) -> None:
    head = f"From: a@b.cn\nContent-Type: image/jpeg\nContent-Disposition: {disposition}"
    message = read_mail(raw(head, b"xyz"))
    assert [file.name for file in message.files] == ["照片.jpg"]
    assert message.text == NO_TEXT


def test_a_forwarded_mail_as_attachment_gives_its_text() -> None:
    inner = plain("里面的内容", subject="原来的邮件").decode()
    body = f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    message = read_mail(raw("From: a@b.cn\nContent-Type: multipart/mixed; boundary=b", body))
    assert message.text == "里面的内容"
    assert [(file.name, file.media_type) for file in message.files] == [
        ("原来的邮件.eml", "message/rfc822")
    ]


def test_winmail_is_a_plain_file() -> None:
    head = "From: a@b.cn\nContent-Type: application/ms-tnef; name=winmail.dat"
    message = read_mail(raw(head, b"\x78\x9f\x3e\x22"))
    assert [(file.name, file.media_type) for file in message.files] == [
        ("winmail.dat", "application/ms-tnef")
    ]


def test_an_answer_shows_only_what_is_new() -> None:
    quoted = "在 2023-10-01 10:00:00,客服 <support@tidedesk.local> 写道:\n> 您好"
    assert read_mail(plain(f"还是不行\n\n{quoted}")).text == "还是不行"


def test_a_long_text_is_shortened_and_attached_whole() -> None:
    message = read_mail(plain("很长的内容。" * 20_000))
    assert len(message.text.encode()) <= texts.MAX_TEXT
    assert [file.name for file in message.files] == ["全文.txt"]
    assert message.files[0].content.decode() == "很长的内容。" * 20_000


def test_more_files_than_allowed_are_told_of() -> None:
    one = "--b\nContent-Type: image/png; name=a.png\n\nx\n"
    head = "From: a@b.cn\nContent-Type: multipart/mixed; boundary=b"
    message = read_mail(raw(head, one * (MAX_FILES + 3) + "--b--\n"))
    assert len(message.files) == MAX_FILES
    assert "3 个附件" in message.text


def test_a_mail_without_a_sender_is_read_all_the_same() -> None:
    message = read_mail(raw("Subject: hello", "text"))
    assert (message.sender.name, message.sender.email) == (UNKNOWN_SENDER, None)
    assert read_mail(raw("From: root@localhost", "text")).sender.email == "root@localhost"
    assert read_mail(raw("Return-Path: <a@b.cn>", "text")).sender.email == "a@b.cn"


BROKEN = {
    "empty": b"",
    "no headers": b"\r\n\r\nhello",
    "only bytes": bytes(range(256)) * 4,
    "no boundary": raw("From: a@b.cn\nContent-Type: multipart/mixed", "请退款"),
    "wrong boundary": raw("From: a@b.cn\nContent-Type: multipart/mixed; boundary=x", "请退款"),
    "unclosed": raw(
        "From: a@b.cn\nContent-Type: multipart/mixed; boundary=x",
        "--x\nContent-Type: text/plain; charset=utf-8\n\n请退款",
    ),
    "bad base64": raw(
        "From: a@b.cn\nContent-Type: text/plain\nContent-Transfer-Encoding: base64", "!!!=a=b=="
    ),
    "bad encoding": raw("From: a@b.cn\nContent-Transfer-Encoding: x-what", "请退款"),
    "bad type": raw("From: a@b.cn\nContent-Type: /;;;=\n", "请退款"),
    "bad parameters": raw(
        'From: a@b.cn\nContent-Type: text/plain; charset*99999999999999999999="x'
    ),
    "endless parameter": raw(f"Content-Type: text/plain; name*{'9' * 5000}*=x", "请退款"),
    "nested": nested(50),
    "deeply nested": nested(2_000),
    "rfc822 without mail": raw("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64"),
    "rfc822 in base64": raw(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
        base64.b64encode(plain()),
    ),
    "headers only": b"From: a@b.cn\r\nSubject: x",
    "header without name": b": x\r\nFrom: a@b.cn\r\n\r\nhello",
    "NUL": raw("From: a\0@b.cn\nSubject: a\0b", b"a\0b"),
    "bare CR": b"From: a@b.cn\rSubject: x\r\rhello",
    "huge header": raw("From: a@b.cn\nSubject: " + "=?utf-8?B?" * 50_000),
    "huge from": raw("From: " + "a" * 200_000),
    "truncated bounce": bounce("<x@y>")[:700],
    "bad uuencode": raw("Content-Transfer-Encoding: x-uuencode", "begin 644 a\n~~~\nend"),
    "report of empty lines": raw("Content-Type: text/rfc822-headers", "\n" * 65_000),
    "report within a report": raw(
        "Content-Type: multipart/report; boundary=x",
        "--x\nContent-Type: message/delivery-status\n\n" + "> \n" * 60_000,
    ),
    "parts without end": raw("Content-Type: multipart/mixed; boundary=x", "--x\n\n" * 300_000),
    "quotations without end": raw("From: a@b.cn", "On 1 @ wrote:\n> x\n" * 300_000 + "end"),
    "almost attributions": raw("From: a@b.cn", (">" * 150 + "(" * 240 + "\n") * 400),
    "parameters without end": raw('Content-Type: text/plain; a="' + ";" * 500_000),
    "parameters of many parts": raw(
        "Content-Type: multipart/mixed; boundary=x",
        ('--x\nContent-Type: text/plain; a="' + ";" * 4_000 + "\n\nx\n") * 1_500,
    ),
    "fields without end": raw("X:\n" * 1_000_000 + "From: a@b.cn"),
    "surrogates": raw("From: a@b.cn\nContent-Type: text/plain; charset=utf-7", b"+2D0- \xff"),
}


@pytest.mark.timeout(60)  # the hostile ones took hours and gigabytes
@pytest.mark.parametrize("mail", BROKEN.values(), ids=BROKEN.keys())
def test_broken_mail_is_read_as_well_as_possible(mail: bytes) -> None:
    message = read_mail(mail)
    assert message.text
    assert message.subject
    stored = (message.text, message.subject, message.sender.name, message.html or "")
    assert not any("\0" in value for value in stored)
    for value in (*stored, *(file.name for file in message.files)):
        value.encode()


@pytest.mark.parametrize("name", ["no boundary", "wrong boundary", "unclosed", "bad encoding"])
def test_the_text_of_broken_mail_is_found(name: str) -> None:
    message = read_mail(BROKEN[name])
    assert "请退款" in message.text + "".join(f.content.decode() for f in message.files)


def test_an_unreadable_mail_is_attached_whole() -> None:
    mail = BROKEN["deeply nested"]
    message = read_mail(mail)
    assert message.text == UNREADABLE
    assert message.sender.email == "a@example.com"
    assert [(file.name, file.content) for file in message.files] == [("original.eml", mail)]


PIECES = st.sampled_from(
    [
        b"From: a@b.cn\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"\r\n", b"--b\r\n",
        b"--b--\r\n", b"Content-Type: text/html; charset=gbk\r\n", b"Content-Transfer-Encoding: ",
        b"base64\r\n", b"quoted-printable\r\n", b"Content-Type: message/rfc822\r\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''%E7; filename*1=\"x\r\n", b"=?gbk?B?",
        b"Subject: =?utf-8?Q?=E4=BD?=\r\n", b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n",
        b"<p><img src=cid:a>", b"\xd6\xd0\xce\xc4", b"> ", b"\0", b"Message-ID: <a@b>\r\n",
    ]
)  # fmt: skip


@settings(max_examples=200)
@given(st.binary(max_size=500))
@example(b"Content-Type: text/plain; charset*0*=utf-8'")
def test_reading_bytes_never_raises(mail: bytes) -> None:
    assert read_mail(mail).text


@settings(max_examples=300)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=40))
def test_reading_almost_mails_never_raises(pieces: list[bytes]) -> None:
    message = read_mail(b"".join(pieces))
    assert message.text
    message.text.encode()
