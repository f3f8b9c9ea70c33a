"""Finds tickets whose customer complains again and again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.database.rows import put_rows

# Of complaints in any order of arrival: each counts those before it within the span, and itself.
_REPEATED = text(
    "WITH counted AS ("
    "SELECT ticket_id, number, customer_id, assignee_id, group_id, urgency, status_category, "
    "created_at, count(*) OVER (PARTITION BY customer_id ORDER BY created_at "
    "RANGE BETWEEN :span PRECEDING AND CURRENT ROW) AS times "
    "FROM tickets WHERE kind = 'complaint' AND customer_id = ANY(:customers) "
    "AND created_at > :now - 2 * CAST(:span AS interval)) "
    "SELECT * FROM counted WHERE times >= :count AND created_at > :now - CAST(:span AS interval) "
    "AND status_category IN ('new', 'open', 'pending', 'on_hold') "
    "AND NOT EXISTS (SELECT 1 FROM abnormalities "
    "WHERE abnormalities.ticket_id = counted.ticket_id AND kind = 'repeated_complaint') "
    "ORDER BY created_at, ticket_id"
)
_NAMES = ("abnormality_id", "ticket_id", "kind", "found_at", "facts")


def repeated_complaints(
    session: Session, customers: Collection[UUID], *, count: int, days: int, now: datetime
) -> Sequence[RowMapping]:
    """Unfinished complaints that are their customer's `count`-th or later within `days`.

    Without those that have been found before.
    """
    parameters = {
        "customers": list(customers),
        "count": count,
        "span": timedelta(days=days),
        "now": now,
    }
    return session.execute(_REPEATED, parameters).mappings().all()


def keep_abnormalities(session: Session, found: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Remember them; returns the ids of those that are new."""
    ending = "ON CONFLICT DO NOTHING RETURNING abnormality_id"
    return set(put_rows(session, "abnormalities", _NAMES, found, ending).scalars())
