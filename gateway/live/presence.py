"""Who has a ticket open, and who is writing: signs of life that expire, told to the others there.

A sign is repeated every 15 seconds or so; who is silent for longer than `_ALIVE` is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gateway.live import storage
from gateway.live.seeing import judged
from gateway.live.updates import NewUpdate
from libs.common.actor import Actor
from libs.common.scope import allows

PRESENCE = "presence"
_ALIVE = timedelta(seconds=45)
_CHANGED = "presence.changed"

_SCOPE = text("SELECT ticket_id, scope FROM live_tickets WHERE body ->> 'number' = :number")
_SIGN = text(
    "INSERT INTO ticket_presences AS p (number, person_id, name, state, seen_at) "
    "VALUES (:number, :person_id, :name, :state, :now) "
    "ON CONFLICT (number, person_id) DO UPDATE SET name = excluded.name, state = excluded.state, "
    "seen_at = excluded.seen_at"
)
_BEFORE = text(
    "SELECT state FROM ticket_presences "
    "WHERE number = :number AND person_id = :person_id AND seen_at > :alive FOR UPDATE"
)
_LEAVE = text("DELETE FROM ticket_presences WHERE number = :number AND person_id = :person_id")
_FORGET = text("DELETE FROM ticket_presences WHERE seen_at <= :alive")
_PRESENT = text(
    "SELECT person_id, name, state FROM ticket_presences "
    "WHERE number = :number AND seen_at > :alive ORDER BY state DESC, name, person_id LIMIT 50"
)


@dataclass(frozen=True)
class Place:
    """A ticket that people look at, and whom it concerns."""

    number: str
    ticket_id: UUID
    scope: dict[str, Any]

    def is_open_to(self, actor: Actor) -> bool:
        """Whether the actor may know of the ticket."""
        return allows(actor, judged(self.scope))


def find_place(connection: Connection, number: str) -> Place | None:
    """As live updates know it; None for what they have not heard of for months."""
    row = connection.execute(_SCOPE, {"number": number}).first()
    return None if row is None else Place(number, row.ticket_id, row.scope)


def sign(
    connection: Connection, place: Place, person_id: UUID, name: str, state: str, now: datetime
) -> list[dict[str, str]]:
    """Somebody is there; returns the others. Told is only what changes."""
    at = {"number": place.number, "person_id": person_id, "alive": now - _ALIVE}
    before = connection.execute(_BEFORE, at).scalar()
    connection.execute(_SIGN, {**at, "name": name, "state": state, "now": now})
    return _tell(connection, place, person_id, now, is_news=before != state)


def leave(connection: Connection, place: Place, person_id: UUID, now: datetime) -> None:
    """Somebody has closed it."""
    gone = connection.execute(_LEAVE, {"number": place.number, "person_id": person_id})
    _tell(connection, place, person_id, now, is_news=gone.rowcount > 0)


def forget_absent(connection: Connection, now: datetime) -> None:
    """Drop what nobody is told of any more."""
    connection.execute(_FORGET, {"alive": now - _ALIVE})


def _tell(
    connection: Connection, place: Place, person_id: UUID, now: datetime, *, is_news: bool
) -> list[dict[str, str]]:
    rows = connection.execute(_PRESENT, {"number": place.number, "alive": now - _ALIVE})
    people = [
        {"person_id": str(row.person_id), "name": row.name, "state": row.state} for row in rows
    ]
    others = [one for one in people if one["person_id"] != str(person_id)]
    # Whoever is alone there has nobody to tell it to.
    if is_news and others:
        _add(connection, place, people, [one["person_id"] for one in people])
    return others


def _add(
    connection: Connection, place: Place, people: list[dict[str, str]], told: Sequence[str]
) -> None:
    """To those who are there, by name: the ticket's many other readers have no use for it."""
    storage.take_turn(connection)
    body = {
        "type": _CHANGED,
        "number": place.number,
        "ticket_id": str(place.ticket_id),
        "people": people,
    }
    update = NewUpdate(PRESENCE, body, ticket_id=place.ticket_id, recipients=sorted(told))
    storage.add_updates(connection, [update])
