"""One message to one recipient: what is ordered when something happens, before it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

SWITCHED_OFF = "the recipient has switched these channels off"


class RecipientKind(StrEnum):
    """Whom an address belongs to: a customer, a member of staff, a group chat's robot."""

    CUSTOMER = "customer"
    PERSON = "person"
    ENDPOINT = "endpoint"


class Status(StrEnum):
    """The life of a delivery: waiting → sending → sent, or one of the ends without success.

    `skipped` was never tried; `unknown` may have been sent, and is not sent again by itself.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Order:
    """To be sent on `channel`, or where that does not reach the recipient on the next of `others`.

    `content` is JSON: what the texts are given, in whichever language they turn out to be.
    """

    occasion: str
    occasion_key: str
    recipient_kind: RecipientKind
    recipient_id: UUID
    channel: str
    due_at: datetime
    content: Mapping[str, Any]
    others: Sequence[str] = ()
    contact_id: UUID | None = None
    customer_id: UUID | None = None
    ticket_id: UUID | None = None
    ticket_number: str | None = None
    rule_id: UUID | None = None
    template_key: str | None = None
    language: str | None = None
    is_urgent: bool = False
    status: Status = Status.WAITING
    error: str | None = None
