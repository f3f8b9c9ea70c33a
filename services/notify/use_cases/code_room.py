"""What handing codes over needs beside the database, and how a code becomes a mail or a text."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from libs.common.config import Config
from libs.common.crypto import KeyRing, open_ring
from services.notify.clients.lanes import Lanes
from services.notify.clients.post import Parcel, Post
from services.notify.clients.sending import open_sms
from services.notify.clients.settings import CodeTemplates, read_code_templates
from services.notify.clients.templates import CodeWording, Templates
from services.notify.clients.text_post import Text, TextPost
from services.notify.domain.codes import LEASE, Channel, minutes_of
from services.notify.domain.headers import Mailbox
from services.notify.domain.mail import Content, Letter, write_mail
from services.notify.domain.messages import Message
from services.notify.domain.wording import choose_language, name_purpose
from services.notify.storage.codes import Code
from services.notify.storage.leases import Lease
from services.notify.use_cases.desk import read_sender
from services.notify.use_cases.mail_room import open_server

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
    provider_texts: CodeTemplates

    @classmethod
    def open(cls, config: Config, environ: Mapping[str, str] | None = None) -> "CodeRoom":
        """Raises ConfigError naming what is missing or wrong."""
        env = os.environ if environ is None else environ
        mails: Post[Code] = Post(open_server(config), MAIL_LANES)
        ways: dict[Channel, Lanes[Any]] = {Channel.MAIL: mails}
        if sms := open_sms(config, environ=env):
            ways[Channel.SMS] = TextPost(sms)
        keys = open_ring(config)
        texts = read_code_templates(env)
        return cls(keys, Templates(), read_sender(config), config.mail_domain, ways, texts)

    def prepare(self, code: Code, lease: Lease) -> Parcel[Code] | Text[Code]:
        """What the code's way takes; raises Undecryptable."""
        deadline = time.monotonic() + LEASE.total_seconds() - _MARGIN
        address, wording = code.address(self.keys), self._word(code)
        if code.channel is Channel.SMS:
            return Text(code, lease, self._message(code, address, wording), deadline)
        write = partial(self._write, code, address, wording)
        return Parcel(code, lease, self.sender.address, address, write, deadline)

    def _message(self, code: Code, address: str, wording: CodeWording) -> Message:
        """The text, and what a provider needs that keeps the text itself."""
        params = self.provider_texts.params
        ours = {
            "code": code.code(self.keys),
            "minutes": str(minutes_of(code.expires_at - code.created_at)),
            "purpose": name_purpose(code.purpose, choose_language(code.language)),
            "company": self.sender.name,
        }
        return Message(
            delivery_id=code.code_id,
            to=address,
            subject=wording.subject,
            text=wording.sms,
            provider_code=self.provider_texts.code_for(code.language),
            provider_params=[(theirs, ours[name]) for theirs, name in params],
            language=code.language,
        )

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
            occasion="code",
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


def _no_files(blob_key: str) -> Content:
    raise FileNotFoundError(blob_key)
