"""A mail server for tests, in its own process: records what it takes, fails as it is told.

with SmtpSink(tmp_path) as sink:
    sink.behave("defer", recipient="wang@example.com")
    … sink.mails() …
"""

import asyncio
import json
import ssl
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from libs.common.supervisor.ports import free_port

# refuse, defer: 550 or 451 for a recipient. hang: the mail is read and never answered.
# drop: the mail is taken, the connection lost before the answer. mute: no greeting at all.
Kind = Literal["accept", "refuse", "defer", "hang", "drop", "mute"]
# The encrypted ones want the login below, and have a certificate that must be trusted first.
Scheme = Literal["smtp", "smtp+starttls", "smtps"]
USER, PASSWORD = "notify", "s3cret"

_FOR_EVER = 3600  # seconds
_MAX_SIZE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Behaviour:
    """What the server does with mails, or only with those for one recipient."""

    kind: Kind = "accept"
    recipient: str | None = None

    def is_(self, kind: Kind, recipient: str | None = None) -> bool:
        return self.kind == kind and self.recipient in (None, recipient)


@dataclass(frozen=True)
class ReceivedMail:
    """A mail with its envelope."""

    sender: str
    recipient: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    def text(self, subtype: str = "plain") -> str:
        body = self.message.get_body((subtype,))
        assert body is not None
        return str(body.get_content())


class SmtpSink:
    """Starts and controls the process; its port and its mails outlive a restart."""

    def __init__(self, directory: Path, scheme: Scheme = "smtp") -> None:
        self._directory = directory
        self._scheme = scheme
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        login = "" if scheme == "smtp" else f"{USER}:{PASSWORD}@"
        self.url = f"{scheme}://{login}127.0.0.1:{self.port}"
        self.certificate = directory / "certificate.pem"
        if scheme != "smtp":
            _make_certificate(self.certificate)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        where = (str(self.port), str(self._directory), self._scheme)
        module = ("-m", "tests.support.smtp_sink", *where)
        self._process = subprocess.Popen(
            [sys.executable, *module],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def behave(self, kind: Kind, recipient: str | None = None) -> None:
        """From the next command on."""
        partial = self._directory / "behaviour.partial"
        partial.write_text(json.dumps(asdict(Behaviour(kind, recipient))))
        partial.replace(self._directory / "behaviour")

    def mails(self, to: str | None = None) -> list[ReceivedMail]:
        """All that it took, in order."""
        found = map(_read_line, _lines(self._directory))
        return [mail for mail in found if to in (None, mail.recipient)]

    def count(self) -> int:
        """How many it took, without reading them."""
        return len(_lines(self._directory))

    def forget(self) -> None:
        """Begin anew, behaving well."""
        (self._directory / "mails").unlink(missing_ok=True)
        self.behave("accept")


def _lines(directory: Path) -> list[str]:
    file = directory / "mails"
    # The last line may still be in the making.
    return file.read_text().split("\n")[:-1] if file.exists() else []


def _read_line(line: str) -> ReceivedMail:
    sender, recipient, raw = json.loads(line)
    return ReceivedMail(sender, recipient, raw.encode("latin-1"))


class _Handler:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def behaviour(self) -> Behaviour:
        file = self._directory / "behaviour"
        return Behaviour(**json.loads(file.read_text())) if file.exists() else Behaviour()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self.behaviour()
        if behaviour.is_("refuse", address):
            return f"550 5.1.1 <{address}>: no such user"
        if behaviour.is_("defer", address):
            return f"451 4.7.1 <{address}>: come again later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        behaviour, recipient = self.behaviour(), envelope.rcpt_tos[0]
        if behaviour.is_("hang", recipient):
            await asyncio.sleep(_FOR_EVER)
        content = cast(bytes, envelope.content).decode("latin-1")
        with (self._directory / "mails").open("a") as file:
            file.write(json.dumps([envelope.mail_from, recipient, content]) + "\n")
        if behaviour.is_("drop", recipient):
            cast(asyncio.Transport, server.transport).abort()
        return "250 taken"


class _Server(SMTP):
    async def _handle_client(self) -> None:
        if self.event_handler.behaviour().is_("mute"):
            await asyncio.sleep(_FOR_EVER)
        await super()._handle_client()


def _is_known(
    _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
) -> AuthResult:
    is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    # Not handled: the server is to say so itself.
    return AuthResult(success=is_right, handled=False)


def _make_server(directory: Path, scheme: str, tls: ssl.SSLContext | None) -> SMTP:
    handler: Any = _Handler(directory)
    common: dict[str, Any] = {"data_size_limit": _MAX_SIZE, "hostname": "sink"}
    if tls is not None:
        common |= {"authenticator": _is_known, "auth_required": True, "auth_require_tls": False}
    if scheme == "smtp+starttls":
        common |= {"tls_context": tls, "require_starttls": True}
    return _Server(handler, **common)


def _make_certificate(file: Path) -> None:
    """Key and certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).add_extension(address, False)
    signed = builder.not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + signed.public_bytes(Encoding.PEM))


async def _serve(port: int, directory: Path, scheme: str) -> None:
    tls = None
    if scheme != "smtp":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(directory / "certificate.pem")
    server = await asyncio.get_running_loop().create_server(
        lambda: _make_server(directory, scheme, tls),
        "127.0.0.1",
        port,
        ssl=tls if scheme == "smtps" else None,
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
