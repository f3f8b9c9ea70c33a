"""The ids of things that policies may name."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_IDS = {
    "groups": text("SELECT group_id FROM directory_groups WHERE is_active"),
    "regions": text("SELECT region_id FROM directory_regions WHERE is_active"),
    "people": text("SELECT person_id FROM directory_people WHERE is_active"),
    "calendars": text("SELECT calendar_id FROM calendars WHERE NOT is_removed"),
}


def ids_of(session: Session, source: str) -> set[UUID]:
    """All that are in use."""
    return set(session.execute(_IDS[source]).scalars())
