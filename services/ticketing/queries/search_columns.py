"""The part of a search that is about columns: status:open, assignee:me, group:退款组."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from services.ticketing.domain.numbers import TicketNumber
from services.ticketing.domain.searched import Column, Piece
from services.ticketing.domain.statuses import is_own_key
from services.ticketing.domain.vocabulary import KINDS, URGENCIES
from services.ticketing.queries.filters import is_own
from services.ticketing.storage.category_rows import ids_below, read_tree
from services.ticketing.storage.tables import statuses, tickets

Clause = ColumnElement[bool]


def column_clauses(
    session: Session, columns: Sequence[Column], actor: Actor
) -> tuple[list[Clause], list[Piece]]:
    """Conditions; what names nothing that exists (status:abc) becomes words to look for."""
    clauses, pieces = [], []
    for column in columns:
        clause = _CLAUSES[column.name](session, column.value, actor)
        if clause is None:
            pieces.append(column.as_piece)
        else:
            # `is not true`: nobody's ticket is not this person's, and SQL would call that unknown.
            clauses.append(not_(func.coalesce(clause, False)) if column.is_negated else clause)
    return clauses, pieces


def _status(session: Session, value: str, _actor: Actor) -> Clause | None:
    named = or_(
        statuses.c.key == value,
        statuses.c.label_zh == value,
        func.lower(statuses.c.label_en) == value.lower(),
    )
    if keys := session.scalars(select(statuses.c.key).where(named)).all():
        own = [key for key in keys if is_own_key(key)]
        by_own = tickets.c.own_status.in_(own)
        return or_(tickets.c.status.in_(keys), by_own) if own else tickets.c.status.in_(keys)
    in_category = select(statuses.c.key).where(statuses.c.category == value)
    keys = session.scalars(in_category).all()
    return tickets.c.status.in_(keys) if keys else None


def _assignee(_session: Session, value: str, actor: Actor) -> Clause:
    if value in ("me", "我"):
        return is_own(actor)
    if value in ("none", "无"):
        return tickets.c.assignee_id.is_(None)
    return tickets.c.assignee_name == value


def _group(_session: Session, value: str, _actor: Actor) -> Clause:
    return tickets.c.group_id.is_(None) if value == "none" else tickets.c.group_name == value


def _category(session: Session, value: str, _actor: Actor) -> Clause | None:
    """In it or below it; by its name, its path or its id."""
    if value in ("none", "无"):
        return tickets.c.category_id.is_(None)
    found = read_tree(session).named(value)
    return tickets.c.category_id.in_(ids_below(found)) if found else None


def _number(_session: Session, value: str, _actor: Actor) -> Clause:
    if number := TicketNumber.parse(value):
        return tickets.c.number == str(number)
    doubled = "".join(char * 2 for char in value.lower())
    return tickets.c.search_text.contains(doubled, autoescape=True)


def _word_of(name: str, choices: Sequence[str] | None) -> Callable[..., Clause | None]:
    def narrow(_session: Session, value: str, _actor: Actor) -> Clause | None:
        is_known = value in choices if choices else value.isidentifier()
        return tickets.c[name] == value if is_known else None

    return narrow


_CLAUSES: Mapping[str, Callable[[Session, str, Actor], Clause | None]] = {
    "status": _status,
    "assignee": _assignee,
    "group": _group,
    "category": _category,
    "number": _number,
    "channel": _word_of("channel", None),
    "urgency": _word_of("urgency", URGENCIES),
    "kind": _word_of("kind", KINDS),
}
