"""A customer outside: writes by web form and mail, reads the mail that comes back."""

import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

import requests

from libs.common.clock import utc_now

SUPPORT = "support@tidedesk.local"
_LIMIT = 20  # seconds per request


class Form:
    """The company's web form: posts to the door."""

    def __init__(self, door: str, form_key: str) -> None:
        self._url = f"{door}/channels/forms/{form_key}"
        self._http = requests.Session()

    def send(self, form: dict[str, Any], *, wait: bool = True) -> dict[str, Any]:
        """Hand a form in; the receipt, with the ticket's number if it came in time."""
        headers = {} if wait else {"Prefer": "respond-async"}
        answer = self._http.post(self._url, json=form, headers=headers, timeout=_LIMIT)
        if answer.status_code != 202:
            raise ConnectionError(f"the door answered {answer.status_code}: {answer.text}")
        return dict(answer.json())

    def receipt(self, receipt: dict[str, Any]) -> dict[str, Any]:
        """What became of a receipt."""
        answer = self._http.get(receipt["status_url"], timeout=_LIMIT)
        answer.raise_for_status()
        return dict(answer.json())


class MailServer:
    """Where customers' mail arrives: the SMTP listener."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 25

    def deliver(self, message: EmailMessage) -> None:
        """Hand a mail over; returns only after the listener has taken it."""
        with smtplib.SMTP(self._host, self._port, timeout=_LIMIT) as smtp:
            smtp.send_message(message)


class Mailbox:
    """What the product sent, as the local mailbox keeps it."""

    def __init__(self, address: str) -> None:
        self._url = address.rstrip("/")

    def mails_to(self, address: str, limit: int = 1000) -> list[EmailMessage]:
        """Oldest first."""
        listed = requests.get(
            f"{self._url}/api/messages", params={"to": address, "limit": limit}, timeout=_LIMIT
        )
        listed.raise_for_status()
        found = listed.json()
        rows = found["items"] if isinstance(found, dict) else found
        return [self._mail(row["id"]) for row in reversed(rows)]

    def texts_to(self, number: str, limit: int = 1000) -> list[str]:
        """What text messages to a number said, oldest first."""
        listed = requests.get(
            f"{self._url}/api/sms", params={"to": number, "limit": limit}, timeout=_LIMIT
        )
        listed.raise_for_status()
        return [row["text"] for row in reversed(listed.json()["items"])]

    def _mail(self, mail_id: str) -> EmailMessage:
        raw = requests.get(f"{self._url}/api/messages/{mail_id}/raw", timeout=_LIMIT)
        raw.raise_for_status()
        return message_from_bytes(raw.content, policy=policy.default)


class Surveys:
    """What a survey's link leads to: the console's public page asks the API for it."""

    def __init__(self, api: str) -> None:
        self._url = f"{api}/surveys"
        self._http = requests.Session()

    def open(self, link: str) -> dict[str, Any]:
        """What the page shows."""
        return self._ask("GET", link)

    def answer(self, link: str, **answer: Any) -> dict[str, Any]:
        """Hand an answer in: `score`, `comment`, `tags`, `nps`."""
        return self._ask("POST", f"{link}/answer", answer)

    def _ask(self, method: str, link: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        token = link.rpartition("/s/")[2]
        answered = self._http.request(method, f"{self._url}/{token}", json=body, timeout=_LIMIT)
        answered.raise_for_status()
        return dict(answered.json())


def write_mail(
    sender: str, subject: str, text: str, *, name: str = "", charset: str = "utf-8"
) -> EmailMessage:
    """A new mail to the company."""
    message = EmailMessage()
    message["From"] = f"{name} <{sender}>" if name else sender
    message["To"] = SUPPORT
    message["Subject"] = subject
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message.set_content(text, charset=charset)
    return message


def answer_to(mail: EmailMessage, sender: str, text: str) -> EmailMessage:
    """What a mail program sends as an answer: references, and the old text quoted below."""
    body = mail.get_body(("plain",))
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines()) if body else ""
    message = write_mail(sender, f"Re: {mail['Subject']}", f"{text}\n\n{quoted}\n")
    message["In-Reply-To"] = mail["Message-ID"]
    message["References"] = f"{mail.get('References', '')} {mail['Message-ID']}".strip()
    return message


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""
