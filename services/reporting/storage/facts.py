"""Facts as they are kept: one row for each thing told of a ticket, without anybody's words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.rows import put_rows
from services.reporting.domain.facts import (
    CheckFact,
    ClockFact,
    Part,
    SurveyFact,
    Tale,
    TicketFact,
    UseFact,
)

_NAMES = ("ticket_id", "source", "key", "occurred_at", "fact")
TICKET, CLOCK, SURVEY, USE, CHECK = "ticket", "clock", "survey", "use", "check"
_SHAPES: Mapping[str, Any] = {
    TICKET: TicketFact,
    CLOCK: ClockFact,
    SURVEY: SurveyFact,
    USE: UseFact,
    CHECK: CheckFact,
}
_INSTANTS: Mapping[str, tuple[str, ...]] = {
    TICKET: ("occurred_at", "created_at", "due_at"),
    CLOCK: ("due_at", "stopped_at"),
    SURVEY: ("at",),
    USE: ("at",),
    CHECK: ("at",),
}
_LOAD = text(
    "SELECT ticket_id, source, fact FROM facts "
    "WHERE ticket_id = ANY(:ids) AND occurred_at >= :since"
)
_NEXT = text("SELECT ticket_id FROM tickets WHERE ticket_id > :after ORDER BY ticket_id LIMIT :n")


def insert_facts(session: Session, rows: list[dict[str, Any]], *, renew: bool = False) -> None:
    """Keep them; those that are known already stay as they are, unless they are to be renewed."""
    ending = "ON CONFLICT DO NOTHING"
    if renew:
        ending = (
            "ON CONFLICT (ticket_id, source, key, occurred_at) DO UPDATE SET fact = excluded.fact "
            "WHERE facts.fact IS DISTINCT FROM excluded.fact"
        )
    put_rows(session, "facts", _NAMES, rows, ending, "ticket_id, source, key")


def load_tales(session: Session, ids: Iterable[UUID], since: datetime) -> dict[UUID, Tale]:
    """All facts of these tickets, none of which is older than `since`; the tier is not told."""
    tales = {ticket_id: Tale() for ticket_id in ids}
    if not tales:
        return tales
    for row in session.execute(_LOAD, {"ids": list(tales), "since": since}):
        tale = tales[row.ticket_id]
        place = getattr(tale, f"{row.source}s")
        place.append(fact_of(row.source, row.fact))
    return tales


def fact_of(source: str, kept: dict[str, Any]) -> Any:
    """A kept fact in the domain's terms."""
    for name in _INSTANTS[source]:
        if kept.get(name) is not None:
            kept[name] = datetime.fromisoformat(kept[name])
    if "part" in kept:
        kept["part"] = _part(kept["part"])
    if "parts" in kept:
        kept["parts"] = tuple(_part(one) for one in kept["parts"])
    if "category_path" in kept:
        kept["category_path"] = tuple(kept["category_path"])
    return _SHAPES[source](**kept)


def _part(kept: dict[str, Any]) -> Part:
    due_at = kept.get("due_at")
    return Part(**{**kept, "due_at": datetime.fromisoformat(due_at) if due_at else None})


def tickets_after(session: Session, after: UUID, n: int) -> list[UUID]:
    """The next tickets by id."""
    return list(session.scalars(_NEXT, {"after": after, "n": n}))
