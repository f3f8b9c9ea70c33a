"""What commands answer: the shape of REST, and `audit` for the gateway's operation log.

It is a part of the stored result, so that a repeated command is logged as the first one was.
"""

from typing import Any

from libs.common.bus.call import Call
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, Entry
from services.ticketing.queries.shapes import show_entry
from services.ticketing.queries.ticket_pages import show_changed

Json = dict[str, Any]


def changed(call: Call, ticket: Ticket) -> Json:
    """The ticket as it now is."""
    return show_changed(call.uow, ticket, call.actor) | {"audit": ticket.trace()}


def written(ticket: Ticket, entry: Entry) -> Json:
    """The new entry."""
    return show_entry(entry) | {"audit": ticket.trace_writing(entry)}


def staged(file: Attachment) -> Json:
    """An upload."""
    shown = file.as_shown()
    kept = {"media_type": file.media_type, "size": file.size}
    trace = {"object": shown["attachment_id"], "before": {}, "after": kept}
    return shown | {"audit": trace}
