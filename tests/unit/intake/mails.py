"""Mails as they really come, built in code: each function returns the raw bytes of one."""

import base64
from email.message import EmailMessage

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def raw(headers: str, body: bytes | str = b"") -> bytes:
    """Headers and body as they are, with CRLF after each header line."""
    head = headers.strip("\n").replace("\n", "\r\n")
    content = body.encode() if isinstance(body, str) else body
    return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content


def word(text: str, charset: str = "utf-8") -> str:
    """An encoded word (RFC 2047, B)."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def plain(
    text: str = "打印机坏了,请尽快处理。",
    *,
    subject: str = "打印机坏了",
    sender: str = "张三 <zhang@example.com>",
    **headers: str,
) -> bytes:
    """A simple mail; underscores in the names of further headers become hyphens."""
    mail = EmailMessage()
    name, _, address = sender.rpartition(" ")
    mail["From"] = f"{word(name)} {address}" if name else address
    mail["To"] = "support@tidedesk.local"
    mail["Subject"] = subject
    mail["Message-ID"] = headers.pop("Message_ID", "<one@example.com>")
    mail["Date"] = "Sun, 01 Oct 2023 10:00:00 +0800"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def complaint_with_photo(message_id: str = "<complaint@example.com>") -> bytes:
    """Plain text and HTML, an inline image and a file with a Chinese name."""
    mail = EmailMessage()
    mail["From"] = "李四 <li@example.com>"
    mail["To"] = "support@tidedesk.local"
    mail["Subject"] = "投诉:收到的商品破损"
    mail["Message-ID"] = message_id
    mail.set_content("收到的商品破损,见照片。")
    mail.add_alternative(
        '<p>收到的商品<b>破损</b>,见照片。</p><img src="cid:photo1@x">'
        '<img src="https://tracker.example/pixel.gif"><script>alert(1)</script>',
        subtype="html",
    )
    html = mail.get_payload()[1]  # type: ignore[index,union-attr]
    html.add_related(PHOTO, "image", "png", cid="<photo1@x>", filename="照片.png")  # type: ignore[union-attr]
    mail.add_attachment(b"%PDF-1.4 order", "application", "pdf", filename="订单 2023.pdf")
    return mail.as_bytes()


def bounce(returned_id: str) -> bytes:
    """A delivery report (RFC 3464) with the headers of the mail that came back."""
    return raw(
        """
From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: support@tidedesk.local
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"
""",
        f"""--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; nobody@example.com
Action: failed
Status: 5.1.1

--b1
Content-Type: message/rfc822

From: support@tidedesk.local
Subject: [G20231001001]
Message-ID: {returned_id}

hello
--b1--
""",
    )


def nested(depth: int) -> bytes:
    """Multiparts within multiparts."""
    lines = ["From: a@example.com", "MIME-Version: 1.0"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    return "\n".join([*lines, "Content-Type: text/plain", "", "deep"]).encode()
