"""Which tickets have the words, newest first: never more work than a bounded number of rows.

First the newest tickets that the actor may see are looked through. If many of them have the words
(or there are no others), that is all; of words that are rare among them the index tells the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, func, select, text, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.ticketing.queries.search_terms import Terms
from services.ticketing.storage.tables import ticket_search, tickets

Clause = ColumnElement[bool]

MOST = 200  # candidates
ENOUGH = 1_000  # of hits that are counted
# A glance, and the longest look where the index has too much to tell. One in a hundred is many.
_GLANCE, _LOOK, _INDEXED = 1_000, 5_000, 5_000
_MANY = _GLANCE // 100

# With millions of rows the planner may prefer to read them all, since it does not know that it is
# to be stopped; local to the transaction.
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true)")


@dataclass
class Candidates:
    """At most MOST tickets, newest first; `count` of them and of others that fit.

    Not `is_exact`: there are more than were counted.
    """

    ids: list[UUID] = field(default_factory=list)
    count: int = 0
    is_exact: bool = True


def find_candidates(
    session: Session,
    branches: Sequence[Clause],
    conditions: Sequence[Clause],
    terms: Terms,
) -> Candidates:
    """`branches` are the actor's scope in disjoint parts, `conditions` hold in each."""
    if not branches:
        return Candidates()
    found, is_whole = _walk(session, branches, conditions, terms, _GLANCE)
    if is_whole:
        return found
    if found.count >= MOST:
        return found
    if found.count >= _MANY or not terms.is_bounded:
        return _walk(session, branches, conditions, terms, _far_enough(found.count))[0]
    known, is_whole = _look_up(session, branches, conditions, terms)
    if is_whole:
        return known
    found, _ = _walk(session, branches, conditions, terms, _LOOK)
    return found if found.count >= known.count else _together(found, known)


def _far_enough(found: int) -> int:
    """How many are to be looked through for MOST, going by a glance; a quarter more to be sure."""
    return min(_LOOK, 5 * _GLANCE * MOST // (4 * max(found, 1)))


def _walk(
    session: Session,
    branches: Sequence[Clause],
    conditions: Sequence[Clause],
    terms: Terms,
    most: int,
) -> tuple[Candidates, bool]:
    """Look through the `most` newest; and whether these are all there are."""
    parts = [_newest(select(*_KEYS).where(part, *conditions), most) for part in branches]
    united = parts[0] if len(parts) == 1 else _newest_of(union_all(*parts), most)
    walked = united.cte("walked").prefix_with("MATERIALIZED")
    hits = _among(walked, terms).cte("hits")
    seen, ids, count = session.execute(
        select(_count(walked), _ids(hits), _count(hits)), _query(terms)
    ).one()
    is_whole = seen < most
    return Candidates(list(ids), count, is_whole), is_whole


def _among(walked: Any, terms: Terms) -> Select[Any]:
    """Those of the walked that fit."""
    keys = select(walked.c.ticket_id, walked.c.updated_at)
    if terms.query is None:
        return keys
    # Each by its key, whatever the planner thinks of the words: it would ask their index first.
    own = (
        select(ticket_search.c.words)
        .where(ticket_search.c.ticket_id == walked.c.ticket_id)
        .offset(0)
        .lateral("own")
    )
    return keys.select_from(walked.join(own, true())).where(_fits(own.c.words))


def _look_up(
    session: Session, branches: Sequence[Clause], conditions: Sequence[Clause], terms: Terms
) -> tuple[Candidates, bool]:
    """Ask the index; and whether it had told everything when it was stopped."""
    session.execute(_BY_INDEX)
    told = (
        select(ticket_search.c.ticket_id)
        .where(_fits(ticket_search.c.words))
        .limit(_INDEXED)
        .cte("told")
        .prefix_with("MATERIALIZED")
    )
    parts = [
        select(*_KEYS).join(told, told.c.ticket_id == tickets.c.ticket_id).where(part, *conditions)
        for part in branches
    ]
    hits = (parts[0] if len(parts) == 1 else union_all(*parts)).cte("hits")
    seen, ids, count = session.execute(
        select(_count(told), _ids(hits), _count(hits)), _query(terms)
    ).one()
    is_whole = seen < _INDEXED
    return Candidates(list(ids), count, is_whole), is_whole


def _together(newest: Candidates, others: Candidates) -> Candidates:
    ids = list(dict.fromkeys([*newest.ids, *others.ids]))
    return Candidates(ids[:MOST], max(len(ids), others.count), False)


_KEYS = (tickets.c.ticket_id, tickets.c.updated_at)


def _newest(statement: Any, most: int) -> Select[Any]:
    ordered = statement.order_by(tickets.c.updated_at.desc(), tickets.c.ticket_id.desc())
    limited: Select[Any] = ordered.limit(most)
    return limited


def _newest_of(united: Any, most: int) -> Any:
    return united.order_by(text("updated_at DESC"), text("ticket_id DESC")).limit(most)


def _fits(words: Any) -> Clause:
    clause: Clause = words.op("@@")(text("CAST(:query AS tsquery)"))
    return clause


def _query(terms: Terms) -> dict[str, str]:
    return {} if terms.query is None else {"query": terms.query}


def _count(rows: Any) -> Any:
    return select(func.count()).select_from(rows).scalar_subquery()


def _ids(hits: Any) -> Any:
    first = (
        select(hits.c.ticket_id)
        .order_by(hits.c.updated_at.desc(), hits.c.ticket_id.desc())
        .limit(MOST)
    )
    return func.array(first.scalar_subquery(), type_=ARRAY(Uuid))
