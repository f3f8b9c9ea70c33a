"""Serials of ticket numbers, from one row per business date."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

_TAKE = text(
    "INSERT INTO number_serials (business_date, last) "
    "SELECT * FROM unnest(CAST(:days AS date[]), CAST(:counts AS integer[])) "
    "ON CONFLICT (business_date) DO UPDATE SET last = number_serials.last + excluded.last "
    "RETURNING business_date, last"
)


def take_serials(session: Session, counts: Mapping[date, int]) -> dict[date, range]:
    """That many fresh serials of each day. The day's row stays locked until the commit."""
    days = sorted(counts)
    parameters = {"days": days, "counts": [counts[day] for day in days]}
    rows = session.execute(_TAKE, parameters)
    return {day: range(last - counts[day] + 1, last + 1) for day, last in rows}
