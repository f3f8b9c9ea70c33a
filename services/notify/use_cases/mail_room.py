"""What sending mail needs beside the database, and how a delivery becomes a mail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.common.blobs import Blobs, open_blobs
from libs.common.config import Config, ConfigError
from libs.common.crypto import KeyRing, open_ring
from services.notify.clients.post import Post
from services.notify.clients.smtp import MailServer
from services.notify.clients.templates import Templates
from services.notify.domain.headers import Mailbox, subject_line
from services.notify.domain.life import Go
from services.notify.domain.mail import Attachment, Letter, write_mail
from services.notify.storage.deliveries import Delivery


@dataclass(frozen=True)
class MailRoom:
    """The ports of sending; `sender` is whose name stands on every mail."""

    keys: KeyRing
    blobs: Blobs
    templates: Templates
    post: Post[Delivery]
    sender: Mailbox

    @classmethod
    def open(cls, config: Config) -> "MailRoom":
        """Raises ConfigError naming what is missing or wrong."""
        return cls(
            open_ring(config),
            open_blobs(config),
            Templates(),
            Post(open_server(config)),
            read_sender(config),
        )

    def write(self, delivery: Delivery, step: Go, references: Sequence[str]) -> Iterator[bytes]:
        """The mail in pieces; the same arguments give the same bytes."""
        content = delivery.content(self.keys)
        wording = self.templates.render(
            delivery.occasion,
            step.language,
            content,
            number=delivery.ticket_number,
            customer=step.recipient.name,
            company=self.sender.name,
        )
        letter = Letter(
            delivery_id=delivery.delivery_id,
            occasion=delivery.occasion,
            message_id=delivery.message_id,
            references=references,
            sender=self.sender,
            recipient=step.recipient,
            subject=subject_line(delivery.ticket_number, content["subject"]),
            text=wording.text,
            html=wording.html,
            written_at=delivery.created_at,
            attachments=[Attachment(**one) for one in content["attachments"]],
        )
        return write_mail(letter, self.blobs.stream)


def open_server(config: Config) -> MailServer:
    """Raises ConfigError."""
    if config.smtp_url is None:
        raise ConfigError("SMTP_URL must be set")
    try:
        return MailServer(config.smtp_url, config.mail_domain)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def read_sender(config: Config) -> Mailbox:
    """Raises ConfigError."""
    try:
        return Mailbox.parse(config.mail_from)
    except ValueError:
        raise ConfigError("MAIL_FROM must be an address or `name <address>`") from None
