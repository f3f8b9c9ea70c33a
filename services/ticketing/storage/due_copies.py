"""Copies due times onto tickets: of two states of a ticket the one with the higher revision."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

# Locked in the order of ids like everywhere, which an UPDATE by itself does not promise. What
# people edit stays out of it: neither `version` nor `updated_at` moves.
_KEEP = text(
    "WITH new AS (SELECT ticket_id, next_due_at, is_overdue, sla_revision "
    "FROM json_populate_recordset(NULL::tickets, CAST(:rows AS json))), "
    "locked AS MATERIALIZED (SELECT ticket_id FROM tickets WHERE ticket_id = ANY(:ids) "
    "ORDER BY ticket_id FOR NO KEY UPDATE) "
    "UPDATE tickets AS old SET next_due_at = new.next_due_at, is_overdue = new.is_overdue, "
    "sla_revision = new.sla_revision FROM locked JOIN new USING (ticket_id) "
    "WHERE old.ticket_id = locked.ticket_id AND old.sla_revision < new.sla_revision"
)


def keep_due_times(session: Session, states: Iterable[Mapping[str, Any]]) -> None:
    """Copy what events of sla tell, in any order and however often; tickets stay locked."""
    newest: dict[UUID, Mapping[str, Any]] = {}
    for state in states:
        known = newest.get(state["ticket_id"])
        if known is None or known["revision"] < state["revision"]:
            newest[state["ticket_id"]] = state
    if not newest:
        return
    ids = sorted(newest)
    rows = [
        {
            "ticket_id": ticket_id,
            "next_due_at": newest[ticket_id]["next_due_at"],
            "is_overdue": newest[ticket_id]["is_overdue"],
            "sla_revision": newest[ticket_id]["revision"],
        }
        for ticket_id in ids
    ]
    session.execute(_KEEP, {"ids": ids, "rows": orjson.dumps(rows).decode()})
