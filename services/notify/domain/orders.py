"""What the customer gets a mail about: at most one order per event of a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

MAIL = "mail"
_MESSAGE_CHANNELS = ("mail", "web_form")


class Occasion(StrEnum):
    """Why a customer is written to."""

    RECEIPT = "receipt"
    REPLY = "reply"
    SOLVED = "solved"
    CODE = "code"


class Status(StrEnum):
    """The life of a delivery: waiting → sending → sent, or failed, or skipped without a try."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class MailOrder:
    """One mail to one customer; `occasion_key` makes it once, whatever is delivered twice.

    `content` is JSON: what the templates are given, in whichever language they turn out to be.
    """

    occasion: Occasion
    occasion_key: str
    customer_id: UUID
    contact_id: UUID | None
    ticket_id: UUID
    ticket_number: str
    content: dict[str, Any]


def occasion_key(ticket: Mapping[str, Any]) -> str:
    """`seq` is one per event of a ticket, so this names the event even beyond the inbox."""
    return f"{ticket['ticket_id']}:{ticket['seq']}"


def order_receipt(ticket: Mapping[str, Any]) -> MailOrder | None:
    """For what a customer wrote, or where we know how to reach them; never to an automatic mail."""
    if ticket["is_auto_reply"]:
        return None
    was_written = ticket.get("message_id") and ticket["channel"] in _MESSAGE_CHANNELS
    if not was_written and not ticket.get("contact_id"):
        return None
    return _order(Occasion.RECEIPT, ticket)


def order_reply(ticket: Mapping[str, Any]) -> MailOrder:
    """What staff wrote, with its files."""
    return _order(Occasion.REPLY, ticket)


def order_solution(ticket: Mapping[str, Any]) -> MailOrder | None:
    """The solution, unless the agent chose to tell the customer in another way."""
    return _order(Occasion.SOLVED, ticket) if ticket["notify_customer"] else None


def _order(occasion: Occasion, ticket: Mapping[str, Any]) -> MailOrder:
    return MailOrder(
        occasion=occasion,
        occasion_key=occasion_key(ticket),
        customer_id=ticket["customer_id"],
        contact_id=ticket.get("contact_id"),
        ticket_id=ticket["ticket_id"],
        ticket_number=ticket["number"],
        content={
            "subject": ticket["subject"],
            "text": ticket["text"],
            "html": ticket.get("html"),
            "kind": ticket["kind"],
            "urgency": ticket["urgency"],
            "attachments": [_file(one) for one in ticket.get("attachments", ())],
        },
    )


def _file(attachment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: attachment[name] for name in ("blob_key", "name", "media_type", "size")}
