"""What the assignee of a ticket is told inside the console, though not what they did themselves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.notify.domain.orders import occasion_key

_MAX_TEXT = 200


class NoticeOccasion(StrEnum):
    """Why a person is told; the console has its own words for each."""

    ASSIGNED = "assigned"
    MESSAGE = "message"
    REOPENED = "reopened"
    SECURITY = "security"
    SLA = "sla"
    ABNORMALITY = "abnormality"
    OFFER = "offer"
    RETURNED = "returned"


@dataclass(frozen=True)
class NoticeOrder:
    """One line for one person, once per occasion key.

    `facts` are for occasions that the console words itself.
    """

    recipient_id: UUID
    occasion: NoticeOccasion
    occasion_key: str
    title: str
    text: str
    ticket_id: UUID | None = None
    ticket_number: str | None = None
    facts: Mapping[str, Any] | None = None


def notice_of_assignment(ticket: Mapping[str, Any]) -> NoticeOrder | None:
    """For the new assignee, unless they took the ticket themselves."""
    text = ticket.get("note") or ticket["subject"]
    return _notice(NoticeOccasion.ASSIGNED, "工单 {} 已分配给您", ticket, text)


def notice_of_message(ticket: Mapping[str, Any]) -> NoticeOrder | None:
    """The customer wrote again; out-of-office answers and bounces are named as such."""
    title = "工单 {} 收到自动回复" if ticket["is_auto_reply"] else "客户在工单 {} 中回复了"
    return _notice(NoticeOccasion.MESSAGE, title, ticket, ticket["text"])


def notice_of_reopening(ticket: Mapping[str, Any]) -> NoticeOrder | None:
    """Work that was thought done is back."""
    text = ticket.get("reason") or ticket["subject"]
    return _notice(NoticeOccasion.REOPENED, "工单 {} 已重新打开", ticket, text)


def notices_of_return(
    ticket: Mapping[str, Any], recipients: Iterable[UUID]
) -> Iterator[NoticeOrder]:
    """For the recipients and for who had the ticket, but not for who gave it back."""
    title = (
        "工单 {} 超时未确认，已退回" if ticket["cause"] == "accept_timeout" else "工单 {} 已退回"
    )
    people = dict.fromkeys([ticket["previous_assignee_id"], *recipients])
    for recipient_id in people:
        if recipient_id is not None and recipient_id != ticket["actor"].get("id"):
            yield NoticeOrder(
                recipient_id=recipient_id,
                occasion=NoticeOccasion.RETURNED,
                occasion_key=occasion_key(ticket),
                ticket_id=ticket["ticket_id"],
                ticket_number=ticket["number"],
                title=title.format(ticket["number"]),
                text=_shortened(ticket.get("reason") or ticket["subject"]),
                facts={"cause": ticket["cause"]},
            )


def _notice(
    occasion: NoticeOccasion, title: str, ticket: Mapping[str, Any], text: str
) -> NoticeOrder | None:
    assignee_id = ticket.get("assignee_id")
    if assignee_id is None or ticket["actor"].get("id") == assignee_id:
        return None
    return NoticeOrder(
        recipient_id=assignee_id,
        occasion=occasion,
        occasion_key=occasion_key(ticket),
        ticket_id=ticket["ticket_id"],
        ticket_number=ticket["number"],
        title=title.format(ticket["number"]),
        text=_shortened(text),
    )


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_TEXT else line[: _MAX_TEXT - 1] + "…"
