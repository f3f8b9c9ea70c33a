"""Parents follow their children: told when the last has ended, worked on again when one is."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.statuses import is_unfinished
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_finders import lock_by_id


def follow_children(session: Session, tickets: Iterable[Ticket]) -> list[Ticket]:
    """Tell parents of the tickets that ended or were reopened; returns those not among them.

    Parents have been locked with their children.
    """
    known = {ticket.ticket_id: ticket for ticket in tickets}
    added: list[Ticket] = []
    changed = [ticket for ticket in known.values() if _has_turned(ticket)]
    while changed:
        child = changed.pop()
        assert child.parent_id is not None
        if child.parent_id not in known:
            # What is loaded anew must not undo what has not been written.
            session.flush()
            parent = lock_by_id(session, child.parent_id)
            assert parent is not None
            known[parent.ticket_id] = parent
            added.append(parent)
        parent = known[child.parent_id]
        fact = child.facts[-1]
        parent.follow_child(child, Act(fact.actor, fact.occurred_at, uuid7, fact.cause))
        child.was_unfinished = is_unfinished(child.status)
        if _has_turned(parent) and parent not in changed:
            changed.append(parent)
    return added


def _has_turned(ticket: Ticket) -> bool:
    """Whether it ended, or is worked on again, since its parent heard of it."""
    if ticket.parent_id is None or ticket.was_unfinished is None:
        return False
    return ticket.was_unfinished != is_unfinished(ticket.status)
