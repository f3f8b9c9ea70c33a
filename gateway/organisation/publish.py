"""Tells the whole organisation again, so that whoever begins to copy it catches up.

    python -m gateway.organisation.publish

Copies keep the higher version, so that telling again what they know changes nothing.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from gateway.organisation.telling import (
    Tell,
    tell_brands,
    tell_departments,
    tell_groups,
    tell_people,
    tell_regions,
)
from gateway.storage.organisation import (
    BrandRow,
    DepartmentRow,
    DirectoryState,
    GroupRow,
    RegionRow,
)
from gateway.storage.people import Person
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database

EVERY = timedelta(hours=24)
# Whoever takes the turn and dies leaves it to the next look after so long.
_TURN = timedelta(hours=1)
_BATCH = 100  # in a green process, where nothing may take long

_ALL: tuple[tuple[Any, Tell], ...] = (
    (DepartmentRow.department_id, tell_departments),
    (RegionRow.region_id, tell_regions),
    (BrandRow.brand_id, tell_brands),
    (GroupRow.group_id, tell_groups),
    (Person.person_id, tell_people),
)


def publish_when_due(database: Database, now: datetime) -> int:
    """How much was told: all, if that is a day ago and no other replica is at it, else nothing."""
    is_due = or_(DirectoryState.published_at.is_(None), DirectoryState.published_at < now - EVERY)
    with database.begin() as uow:
        taken = update(DirectoryState).where(is_due).values(published_at=now - EVERY + _TURN)
        has_turn = bool(uow.session.execute(taken.returning(DirectoryState.is_only)).all())
        uow.commit()
    return publish_all(database, now) if has_turn else 0


def publish_all(database: Database, now: datetime) -> int:
    """How many things were told; in batches, each in a transaction of its own."""
    count = 0
    for key, tell in _ALL:
        for ids in _batches(database, key):
            with database.begin() as uow:
                tell(uow, ids)
                uow.commit()
            count += len(ids)
    with database.begin() as uow:
        uow.session.execute(update(DirectoryState).values(published_at=now))
        uow.commit()
    return count


def _batches(database: Database, key: Any) -> Iterator[list[UUID]]:
    query = select(key).order_by(key).limit(_BATCH)
    ids: list[UUID] = []
    while True:
        with database.begin(read_only=True) as uow:
            after = query.where(key > ids[-1]) if ids else query
            ids = list(uow.session.scalars(after))
        if not ids:
            return
        yield ids


def main() -> None:
    """Publish now."""
    with closing(Database.connect("gateway")) as database:
        print(f"told: {publish_all(database, utc_now())}")


if __name__ == "__main__":
    main()
