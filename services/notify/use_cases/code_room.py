"""What handing codes over needs beside the database, and how a code becomes a mail or a text."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from libs.common.config import Config
from libs.common.crypto import KeyRing, open_ring
from services.notify.clients.lanes import Lanes
from services.notify.clients.post import Parcel, Post
from services.notify.clients.sms import HttpSms
from services.notify.clients.templates import CodeWording, Templates
from services.notify.clients.text_post import Text, TextPost
from services.notify.domain.codes import LEASE, Channel, minutes_of
from services.notify.domain.headers import Mailbox
from services.notify.domain.mail import Content, Letter, write_mail
from services.notify.domain.orders import Occasion
from services.notify.storage.codes import Code
from services.notify.storage.leases import Lease
from services.notify.use_cases.mail_room import open_server, read_sender

MAIL_LANES = 4  # connections of their own: a code waits for no other mail

_MARGIN = 10.0  # seconds of the lease kept for settling


@dataclass(frozen=True)
class CodeRoom:
    """The ports of sending codes; `ways` has no SMS where no provider is configured."""

    keys: KeyRing
    templates: Templates
    sender: Mailbox
    mail_domain: str
    ways: Mapping[Channel, Lanes[Any]]

    @classmethod
    def open(cls, config: Config) -> "CodeRoom":
        """Raises ConfigError naming what is missing or wrong."""
        mails: Post[Code] = Post(open_server(config), MAIL_LANES)
        ways: dict[Channel, Lanes[Any]] = {Channel.MAIL: mails}
        if sms := open_sms(config):
            ways[Channel.SMS] = TextPost(sms)
        keys = open_ring(config)
        return cls(keys, Templates(), read_sender(config), config.mail_domain, ways)

    def prepare(self, code: Code, lease: Lease) -> Parcel[Code] | Text[Code]:
        """What the code's way takes; raises Undecryptable."""
        deadline = time.monotonic() + LEASE.total_seconds() - _MARGIN
        address, wording = code.address(self.keys), self._word(code)
        if code.channel is Channel.SMS:
            return Text(code, lease, address, wording.sms, code.code_id.hex, deadline)
        write = partial(self._write, code, address, wording)
        return Parcel(code, lease, self.sender.address, address, write, deadline)

    def _word(self, code: Code) -> CodeWording:
        minutes = minutes_of(code.expires_at - code.created_at)
        plain = code.code(self.keys)
        return self.templates.render_code(
            code.purpose, code.language, plain, minutes, self.sender.name
        )

    def _write(self, code: Code, address: str, wording: CodeWording) -> Iterator[bytes]:
        """The mail in pieces, the same bytes in every attempt."""
        letter = Letter(
            delivery_id=code.code_id,
            occasion=Occasion.CODE,
            # Not one of `libs.common.mail_identity`: an answer belongs to no ticket.
            message_id=f"<code-{code.code_id.hex}@{self.mail_domain}>",
            references=(),
            sender=self.sender,
            recipient=Mailbox("", address),
            subject=wording.subject,
            text=wording.text,
            html=wording.html,
            written_at=code.created_at,
        )
        return write_mail(letter, _no_files)


def open_sms(config: Config) -> HttpSms | None:
    """The provider, if one is configured; raises ConfigError."""
    return HttpSms(config.sms_url, config.sms_key) if config.sms_url else None


def _no_files(blob_key: str) -> Content:
    raise FileNotFoundError(blob_key)
