"""What telling people needs beside the database."""

from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.config import Config, ConfigError
from libs.common.crypto import KeyRing, open_ring
from libs.common.ids import uuid7
from libs.common.mail_identity import make_message_id
from services.notify.clients.templates import Templates
from services.notify.domain.deliveries import Order, RecipientKind
from services.notify.domain.headers import Mailbox
from services.notify.storage.orders import NewDelivery
from services.notify.storage.rule_book import RuleShelf


@dataclass(frozen=True)
class Desk:
    """How contents are sealed, how our Message-IDs are made, what the rules and texts are.

    `thread_keys`: the first signs, all verify. `public_url` is where browsers find us, "" if
    nobody has said.
    """

    keys: KeyRing
    mail_domain: str
    thread_keys: tuple[bytes, ...] = field(repr=False)
    zone: ZoneInfo
    company: str
    public_url: str
    templates: Templates
    shelf: RuleShelf

    @classmethod
    def open(cls, config: Config, public_url: str = "") -> "Desk":
        """Raises ConfigError naming what is missing."""
        if not config.thread_keys:
            raise ConfigError("THREAD_KEY must be set")
        return cls(
            open_ring(config),
            config.mail_domain,
            config.thread_keys,
            config.business_zone,
            read_sender(config).name,
            public_url.rstrip("/"),
            Templates(),
            RuleShelf(),
        )

    @property
    def thread_key(self) -> bytes:
        """The one that signs."""
        return self.thread_keys[0]

    def prepare(self, order: Order) -> NewDelivery:
        """Give the order the ids that all its attempts share."""
        delivery_id = uuid7()
        return NewDelivery(delivery_id, self._message_id(order, delivery_id), order)

    def ticket_url(self, number: str | None, kind: RecipientKind) -> str:
        """Where the recipient reads about the ticket; "" where that is not known."""
        if not self.public_url or not number:
            return ""
        place = "requests" if kind is RecipientKind.CUSTOMER else "tickets"
        return f"{self.public_url}/{place}/{number}"

    def _message_id(self, order: Order, delivery_id: UUID) -> str:
        if order.recipient_kind is RecipientKind.CUSTOMER and order.ticket_id:
            return make_message_id(order.ticket_id, delivery_id, self.mail_domain, self.thread_key)
        # An answer of staff's to a notice is no message of the customer's.
        return f"<notice-{delivery_id.hex}@{self.mail_domain}>"


def read_sender(config: Config) -> Mailbox:
    """Raises ConfigError."""
    try:
        return Mailbox.parse(config.mail_from)
    except ValueError:
        raise ConfigError("MAIL_FROM must be an address or `name <address>`") from None
