"""Answering as the customer would: an ordinary mail program's reply, handed to our own listener."""

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid

from services.notify.mailbox.reading import Mail

_TIMEOUT = 10  # seconds
# Wide enough for Message-IDs: the standard library would encode longer lines beyond recognition.
_POLICY = SMTP.clone(max_line_length=998)


def write_answer(mail: Mail, text: str) -> EmailMessage:
    """From the original's recipient, threaded, with the old text quoted below."""
    answer = EmailMessage(_POLICY)
    answer["From"] = mail.header("To")
    answer["To"] = mail.header("Reply-To") or mail.header("From")
    subject = mail.header("Subject")
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    answer["Date"] = format_datetime(datetime.now(UTC))
    answer["Message-ID"] = make_msgid(domain=_address(mail.header("To")).rpartition("@")[2])
    if original := mail.header("Message-ID"):
        answer["In-Reply-To"] = original
        answer["References"] = f"{mail.header('References')} {original}".strip()
    quoted = "\n".join(f"> {line}".rstrip() for line in mail.text.splitlines())
    attribution = f"{mail.header('From')} 于 {mail.header('Date')} 写道："
    answer.set_content(
        f"{text.strip()}\n\n{attribution}\n{quoted}\n", charset="utf-8", cte="base64"
    )
    return answer


def send_answer(answer: EmailMessage, host: str, port: int) -> None:
    """Raises OSError or smtplib.SMTPException if our listener does not take it."""
    with smtplib.SMTP(host, port, local_hostname="mailbox", timeout=_TIMEOUT) as smtp:
        smtp.sendmail(_address(answer["From"]), [_address(answer["To"])], answer.as_bytes())


def _address(header: str) -> str:
    return getaddresses([str(header)])[0][1]
