"""What commands answer: the shape of REST, and `audit` for the gateway's operation log.

It is a part of the stored result, so that a repeated command is logged as the first one was.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.common.bus.call import Call
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, Entry
from services.ticketing.queries.relations import get_relations
from services.ticketing.queries.shapes import show_entry
from services.ticketing.queries.ticket_pages import show_changed

Json = dict[str, Any]

_UNTOLD = frozenset({"version", "position", "created_at", "updated_at"})
# What follows from other rows.
_DERIVED = frozenset({"path", "names_zh", "names_en"})


def changed(call: Call, ticket: Ticket, **told: Any) -> Json:
    """The ticket as it now is; the operation log is told what else was done."""
    trace = ticket.trace()
    trace["after"] |= told
    return show_changed(call.uow, ticket, call.actor) | {"audit": trace}


def related(call: Call, ticket: Ticket, **told: Any) -> Json:
    """What it now belongs with."""
    call.uow.session.flush()
    trace = ticket.trace()
    trace["after"] |= told
    return get_relations(call.uow, call.actor, ticket.number) | {"audit": trace}


def written(ticket: Ticket, entry: Entry) -> Json:
    """The new entry."""
    return show_entry(entry) | {"audit": ticket.trace_writing(entry)}


def staged(file: Attachment) -> Json:
    """An upload."""
    shown = file.as_shown()
    kept = {"media_type": file.media_type, "size": file.size}
    trace = {"object": shown["attachment_id"], "before": {}, "after": kept}
    return shown | {"audit": trace}


def edited(one: UUID, before: Row[Any] | None, after: Row[Any] | None) -> Json:
    """What the operation log keeps of a row that people write: the columns that differ."""
    old, new = _told(before), _told(after)
    names = [name for name in (old | new) if old.get(name) != new.get(name)]
    return {
        "audit": {
            "object": str(one),
            "before": {name: old[name] for name in names if name in old},
            "after": {name: new[name] for name in names if name in new},
        }
    }


def reordered(name: str, before: Sequence[UUID], after: Sequence[UUID]) -> Json:
    """The same of an order of such rows."""
    told = [{name: [str(one) for one in ids]} for ids in (before, after)]
    return {"audit": {"before": told[0], "after": told[1]}}


def _told(row: Row[Any] | None) -> Json:
    if row is None:
        return {}
    named = {
        str(name): value for name, value in row._mapping.items() if name not in _UNTOLD | _DERIVED
    }
    return {name: str(one) if isinstance(one, UUID) else one for name, one in named.items()}
