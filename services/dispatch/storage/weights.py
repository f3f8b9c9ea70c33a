"""Weighs all that people have by other settings: one statement, however much it is."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.dispatch.domain.settings import Settings
from services.dispatch.storage.load_rows import mend_loads
from services.dispatch.storage.ticket_copies import lock_tickets

_ASSIGNED = text("SELECT ticket_id FROM assignments WHERE state <> 'ended'")
# Tickets differ in these alone as far as weights go: there are few kinds of them.
_KINDS = text(
    "SELECT DISTINCT urgency, channel, status_category FROM tickets "
    "JOIN assignments USING (ticket_id) WHERE state <> 'ended'"
)
_WEIGH = text(
    "UPDATE assignments SET weight = given.weight FROM tickets JOIN "
    "unnest(CAST(:urgencies AS text[]), CAST(:channels AS text[]), "
    "CAST(:categories AS text[]), CAST(:weights AS integer[])) "
    "AS given (urgency, channel, status_category, weight) "
    "USING (urgency, channel, status_category) "
    "WHERE assignments.ticket_id = tickets.ticket_id AND state <> 'ended' "
    "AND assignments.weight <> given.weight RETURNING assignments.person_id"
)


def weigh_again(session: Session, settings: Settings) -> None:
    """New weights for all assignments that have not ended, and the loads that they make."""
    # Whoever changes an assignment holds its ticket, and that before any load.
    lock_tickets(session, set(session.scalars(_ASSIGNED)))
    people = set(session.scalars(_WEIGH, _weights(session, settings)))
    mend_loads(session, people)


def _weights(session: Session, settings: Settings) -> dict[str, list[Any]]:
    kinds = session.execute(_KINDS).all()
    return {
        "urgencies": [kind.urgency for kind in kinds],
        "channels": [kind.channel for kind in kinds],
        "categories": [kind.status_category for kind in kinds],
        "weights": [settings.weight_of(*kind) for kind in kinds],
    }
