"""One connection to the mail server: hands mails over, and tells whose fault a failure is."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

CONNECT_TIMEOUT = 5.0  # seconds
IO_TIMEOUT = 15.0  # seconds for each answer of the server

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_MAX_MAILS = 100  # a connection; many servers end one after about so many
_FRESH = 10.0  # seconds that an unused connection is trusted with a question
_DOT = re.compile(rb"(?m)^\.")
# Not the mail's fault although permanent by number: we are to log in, or may not.
_NOT_US = (530, 534, 535, 538)


class Refused(Exception):
    """The server will never take this mail."""


class Delayed(Exception):
    """The server may take this mail later; whether it has it now can be unknown."""


class Unreachable(Exception):
    """The server is away, hanging or does not let us in: not about any one mail."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over: `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`.

    Certificates are verified. Raises ValueError for another scheme.
    """

    url: str
    own_name: str

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in _PORTS or not urlsplit(self.url).hostname:
            raise ValueError("SMTP_URL must be smtp://, smtp+starttls:// or smtps://host:port")

    def connect(self) -> "Connection":
        """Open a connection and log in; raises Unreachable."""
        try:
            return Connection(self._open())
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(_describe(error)) from error

    def _open(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        smtp = self._dial(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])
        try:
            smtp.ehlo_or_helo_if_needed()
            if parts.scheme == "smtp+starttls":
                smtp.starttls(context=ssl.create_default_context())
            if parts.username:
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            if smtp.sock is not None:
                smtp.sock.settimeout(IO_TIMEOUT)
                # A mail ends in a small write of its own, which must not wait 40 ms for company.
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _dial(self, scheme: str, host: str, port: int) -> smtplib.SMTP:
        # Named, because finding out our own name may hang in the resolver.
        if scheme != "smtps":
            return smtplib.SMTP(host, port, self.own_name, CONNECT_TIMEOUT)
        tls = ssl.create_default_context()
        name, limit = self.own_name, CONNECT_TIMEOUT
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=limit, context=tls)


class Connection:
    """Logged in; good for many mails, one after another."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp
        self._mails = 0
        self._used_at = time.monotonic()

    def is_usable(self) -> bool:
        """Whether the server still answers; asks only a connection that was used lately."""
        if self._smtp.sock is None or self._mails >= _MAX_MAILS:
            return False
        if time.monotonic() - self._used_at > _FRESH:
            return False
        try:
            return self._smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def send(self, sender: str, recipient: str, pieces: Iterable[bytes]) -> None:
        """Hand one mail over, `pieces` being whole lines; returns once the server has taken it.

        Raises Refused or Delayed. Whatever else `pieces` raises cuts the connection, so that no
        half of a mail is taken for a whole one.
        """
        self._mails += 1
        self._used_at = time.monotonic()
        try:
            self._expect(self._smtp.mail(sender), 250)
            self._expect(self._smtp.rcpt(recipient), 250, 251)
            self._expect(self._smtp.docmd("DATA"), 354)
            self._transmit(pieces)
            self._expect(self._smtp.getreply(), 250)
        except (smtplib.SMTPException, OSError) as error:
            self._smtp.close()
            raise Delayed(_describe(error)) from error
        except (Refused, Delayed):
            self._reset()
            raise
        except BaseException:
            self._smtp.close()
            raise

    def _transmit(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._smtp.send(_DOT.sub(b"..", piece))
        self._smtp.send(b".\r\n")

    def _expect(self, reply: tuple[int, bytes], *wanted: int) -> None:
        code, answer = reply
        if code in wanted:
            return
        reason = f"{code} {answer.decode('utf-8', 'replace')}"
        if code == 421:
            self._smtp.close()
        if 500 <= code < 600 and code not in _NOT_US:
            raise Refused(reason)
        raise Delayed(reason)

    def _reset(self) -> None:
        try:
            if self._smtp.sock is not None:
                self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def cut(self) -> None:
        """End it from outside, waking whoever waits for the server."""
        sock = self._smtp.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye, without insisting on an answer."""
        with suppress(smtplib.SMTPException, OSError):
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(1)
                self._smtp.quit()
        self._smtp.close()


def _describe(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__
