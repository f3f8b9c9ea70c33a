"""What sending mail needs beside the database, and how a delivery becomes a mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from libs.common.blobs import Blobs, open_blobs
from libs.common.config import Config, ConfigError
from services.notify.clients.post import Parcel, Post
from services.notify.clients.smtp import MailServer
from services.notify.domain.deliveries import RecipientKind
from services.notify.domain.headers import Mailbox, subject_line
from services.notify.domain.mail import Attachment, Letter, write_mail
from services.notify.storage.deliveries import Delivery
from services.notify.use_cases.claim import Ready
from services.notify.use_cases.desk import Desk, read_sender
from services.notify.use_cases.wording import word


@dataclass(frozen=True)
class MailRoom:
    """The ports of sending; `sender` is whose name stands on every mail."""

    desk: Desk
    blobs: Blobs
    post: Post[Delivery]
    sender: Mailbox

    @classmethod
    def open(cls, config: Config, desk: Desk | None = None) -> "MailRoom":
        """Raises ConfigError naming what is missing or wrong."""
        return cls(
            desk or Desk.open(config),
            open_blobs(config),
            Post(open_server(config)),
            read_sender(config),
        )

    def parcel(self, ready: Ready) -> Parcel[Delivery]:
        """What the post takes; the mail is written when its turn comes."""
        return Parcel(
            delivery=ready.delivery,
            lease=ready.lease,
            sender=self.sender.address,
            recipient=ready.go.address,
            write=partial(self.write, ready),
            deadline=ready.deadline,
        )

    def write(self, ready: Ready) -> Iterator[bytes]:
        """The mail in pieces; the same claim, content and texts give the same bytes."""
        delivery = ready.delivery
        content = delivery.content(self.desk.keys)
        wording = word(self.desk, ready, content)
        is_threaded = delivery.recipient_kind is RecipientKind.CUSTOMER and delivery.ticket_number
        subject = wording.subject or content.get("subject") or ""
        letter = Letter(
            delivery_id=delivery.delivery_id,
            occasion=delivery.occasion,
            message_id=delivery.message_id,
            references=ready.references,
            sender=self.sender,
            recipient=Mailbox(ready.go.name, ready.go.address),
            subject=subject_line(delivery.ticket_number or "", subject) if is_threaded else subject,
            text=wording.text,
            html=wording.html or "",
            written_at=delivery.created_at,
            attachments=[Attachment(**one) for one in content.get("attachments", ())],
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
