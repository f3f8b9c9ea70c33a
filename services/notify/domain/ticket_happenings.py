"""What an event of a ticket means for those who may be told of it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from libs.common.actions import Recipient
from services.notify.domain.happenings import CUSTOMER, Happening

Ticket = Mapping[str, Any]

_MAX_TEXT = 200
_WRITTEN = ("mail", "web_form")
_LEADS = Recipient("group_leads")
_ENDS = {"closed": "closed"}
_SILENT = ("archived", "solved")
# Of a collaboration; that it was taken, or rated, is nobody's news.
_STEPS = ("started", "answered", "declined", "accepted", "asked_again", "cancelled", "overdue")


def happening_of(event_type: str, ticket: Ticket) -> Happening | None:
    """At most one for each event of a ticket; None for what nobody is told of."""
    told = _TOLD.get(event_type)
    return told(ticket) if told else None


def occasion_key(ticket: Ticket) -> str:
    """`seq` is one per event of a ticket, so this names the event even beyond the inbox."""
    return f"{ticket['ticket_id']}:{ticket['seq']}"


def shortened(text: str | None) -> str:
    """One line of at most 200 characters."""
    line = " ".join((text or "").split())
    return line if len(line) <= _MAX_TEXT else line[: _MAX_TEXT - 1] + "…"


def _receipt(ticket: Ticket) -> Happening | None:
    """For what a customer wrote, or where we know how to reach them; never to an automatic mail."""
    if ticket.get("is_auto_reply"):
        return None
    was_written = ticket.get("message_id") and ticket["channel"] in _WRITTEN
    if not was_written and not ticket.get("contact_id"):
        return None
    return _happening("receipt", ticket, {"text": ticket["text"]})


def _reply(ticket: Ticket) -> Happening:
    """What staff wrote, with its files."""
    files = [_file(one) for one in ticket.get("attachments", ())]
    said = {"text": ticket["text"], "html": ticket.get("html"), "attachments": files}
    return _happening("replied", ticket, said)


def _solution(ticket: Ticket) -> Happening | None:
    """The solution, unless the agent chose to tell the customer in another way."""
    if not ticket.get("notify_customer", True):
        return None
    return _happening("solved", ticket, {"text": ticket["text"]})


def _assignment(ticket: Ticket) -> Happening:
    return _to_assignee("assigned", ticket, {"note": shortened(ticket.get("note"))})


def _acceptance(ticket: Ticket) -> Happening:
    return _happening("accepted", ticket, {})


def _transfer(ticket: Ticket) -> Happening:
    named = (_LEADS,)
    return _happening("transferred", ticket, {"note": shortened(ticket.get("note"))}, named=named)


def _return(ticket: Ticket) -> Happening:
    """For who had the ticket and, where nobody confirmed, for who leads the group."""
    cause, previous = ticket["cause"], ticket.get("previous_assignee_id")
    return _happening(
        "returned",
        ticket,
        {"cause": cause, "reason": shortened(ticket.get("reason"))},
        recipients=[previous] if previous else [],
        named=(_LEADS,) if cause == "accept_timeout" else (),
        facts={"cause": cause},
    )


def _message(ticket: Ticket) -> Happening:
    """The customer wrote again; out-of-office answers and bounces are named as such."""
    said = {"text": shortened(ticket["text"]), "is_auto_reply": ticket.get("is_auto_reply", False)}
    return _to_assignee("message", ticket, said)


def _reopening(ticket: Ticket) -> Happening:
    """Work that was thought done is back; of a low score staff are told by `rated_low`."""
    said = {"cause": ticket["cause"], "reason": shortened(ticket.get("reason"))}
    if ticket["cause"] == "low_score":
        return _happening("reopened", ticket, said, audiences=(CUSTOMER,))
    return _to_assignee("reopened", ticket, said)


def _move(ticket: Ticket) -> Happening | None:
    status = ticket["to_status"]
    if status in _SILENT:
        return None
    # Why staff moved it is said among staff.
    said: dict[str, Any] = {"reason": ""}
    if ticket.get("customer_text"):
        said["status_text"] = ticket["customer_text"]
    return _happening(_ENDS.get(status, "status_changed"), ticket, said)


def _mention(ticket: Ticket) -> Happening | None:
    mentions = ticket.get("mentions") or []
    if not mentions:
        return None
    return _happening("mention", ticket, {"actor": ticket["actor"]["name"]}, recipients=mentions)


def _collaboration(step: str) -> Callable[[Ticket], Happening | None]:
    """For those whom ticketing names: who is asked, or who waits for it."""

    def tell(ticket: Ticket) -> Happening | None:
        recipients = ticket.get("recipients") or []
        if not recipients:
            return None
        said = {"step": step, "actor": ticket["actor"]["name"]}
        return _happening("collaboration", ticket, said, recipients=recipients, facts=said)

    return tell


def _copies(ticket: Ticket) -> Happening | None:
    """For whoever follows the ticket from now on (抄送)."""
    recipients = ticket.get("recipients") or []
    if not recipients:
        return None
    said = {"actor": ticket["actor"]["name"], "note": shortened(ticket.get("note"))}
    return _happening("cc", ticket, said, recipients=recipients)


def _urging(ticket: Ticket) -> Happening:
    """The customer waits (催单); of a message the assignee is told as such."""
    said = {"count": ticket["urge_count"], "note": shortened(ticket.get("note"))}
    if ticket.get("assignee_id"):
        return _to_assignee("urged", ticket, said)
    return _happening("urged", ticket, said, named=(_LEADS,))


def _supervision(ticket: Ticket) -> Happening:
    """For who works on it, and who leads the group (督办)."""
    said = {
        "actor": ticket["actor"]["name"],
        "deadline": ticket["due_at"].isoformat(),
        "note": shortened(ticket.get("note")),
        "is_late": bool(ticket.get("is_late")),
    }
    assignee_id = ticket.get("assignee_id")
    recipients = [assignee_id] if assignee_id else []
    return _happening("supervised", ticket, said, recipients=recipients, named=(_LEADS,))


def _children(ticket: Ticket) -> Happening:
    """Nothing below it is open any more: whoever has it can go on."""
    if ticket.get("assignee_id"):
        return _to_assignee("children_finished", ticket, {})
    return _happening("children_finished", ticket, {}, named=(_LEADS,))


def _to_assignee(occasion: str, ticket: Ticket, said: Mapping[str, Any]) -> Happening:
    assignee_id: UUID | None = ticket.get("assignee_id")
    return _happening(occasion, ticket, said, recipients=[assignee_id] if assignee_id else [])


def _happening(occasion: str, ticket: Ticket, said: Mapping[str, Any], **options: Any) -> Happening:
    return Happening(occasion, occasion_key(ticket), ticket, said, **options)


def _file(attachment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: attachment[name] for name in ("blob_key", "name", "media_type", "size")}


_TOLD: Mapping[str, Callable[[Ticket], Happening | None]] = {
    "ticket.created": _receipt,
    "ticket.replied": _reply,
    "ticket.solved": _solution,
    "ticket.assigned": _assignment,
    "ticket.accepted": _acceptance,
    "ticket.transferred": _transfer,
    "ticket.returned": _return,
    "ticket.message_received": _message,
    "ticket.reopened": _reopening,
    "ticket.status_changed": _move,
    "ticket.note_added": _mention,
    **{f"ticket.collaboration_{step}": _collaboration(step) for step in _STEPS},
    "ticket.cc_changed": _copies,
    "ticket.urged": _urging,
    "ticket.children_finished": _children,
    "ticket.supervised": _supervision,
    "ticket.supervision_urged": _supervision,
}
