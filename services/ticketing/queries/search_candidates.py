"""Which tickets have the words, newest first: never more work than a bounded number of rows.

First the newest tickets that the actor may see are looked through. If many of them have the words
(or there are no others), that is all; of words that are rare among them the index tells the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common import scope
from libs.common.actor import Actor
from libs.common.scope_shapes import Shape, ShapedStatement, shape_of
from services.ticketing.queries.filters import clauses, known_scope
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.search_terms import Terms
from services.ticketing.storage.tables import ticket_search, tickets

Clause = ColumnElement[bool]
Parts = Sequence[Sequence[Clause]]
Build = Callable[..., Select[*tuple[Any, ...]]]

MOST = 200  # candidates
ENOUGH = 1_000  # of hits that are counted
# A glance, and the longest look where the index has too much to tell. One in a hundred is many.
_GLANCE, _LOOK, _INDEXED = 1_000, 5_000, 3_000
_MANY = _GLANCE // 100
# Of fewer others are better than none, though they may not be the newest.
_FEW = 10

# With millions of rows the planner may prefer to read them all, since it does not know that it is
# to be stopped; local to the transaction.
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true)")


@dataclass
class Candidates:
    """At most MOST tickets, newest first; `count` of them and of others that fit.

    Not `is_exact`: there are more than were counted. `last` is the oldest that was looked through.
    """

    ids: list[UUID] = field(default_factory=list)
    count: int = 0
    is_exact: bool = True
    last: tuple[datetime, UUID] | None = None

    def with_older(self, older: "Candidates") -> "Candidates":
        """What was found when the look went on behind the last."""
        ids = [*self.ids, *older.ids][:MOST]
        return Candidates(ids, self.count + older.count, older.is_exact, older.last)


def find_candidates(searched: "TicketsOf", terms: Terms) -> Candidates:
    """Of these tickets those that the terms find."""
    found, is_whole = _walk(searched, terms, _GLANCE)
    if is_whole or found.count >= MOST:
        return found
    if found.count >= _MANY or not terms.is_bounded:
        older, _ = _walk(searched, terms, _far_enough(found.count) - _GLANCE, found.last)
        return found.with_older(older)
    known, is_whole = _look_up(searched, terms, only_whole=True)
    if is_whole:
        return known
    older, is_whole = _walk(searched, terms, _LOOK - _GLANCE, found.last)
    found = found.with_older(older)
    if is_whole or found.count >= _FEW:
        return found
    known, _ = _look_up(searched, terms, only_whole=False)
    return _together(found, known)


def _far_enough(found: int) -> int:
    """How many are to be looked through for MOST, going by a glance; a quarter more to be sure."""
    wanted = 5 * _GLANCE * MOST // (4 * max(found, 1))
    # Whole thousands: few statements to be kept.
    return max(2 * _GLANCE, min(_LOOK, -(-wanted // _GLANCE) * _GLANCE))


class TicketsOf:
    """What an actor may see, narrowed by filters and conditions."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        filters: Mapping[str, Any],
        conditions: Sequence[Clause] = (),
    ) -> None:
        self.session = session
        self._actor = actor
        self._filters = {name: one for name, one in filters.items() if one not in (None, "")}
        self._conditions = conditions

    def that(self, *conditions: Clause) -> "TicketsOf":
        """Those of them for which these hold, too."""
        together = (*self._conditions, *conditions)
        return TicketsOf(self.session, self._actor, self._filters, together)

    def ask(self, build: Build, *args: Any, **given: Any) -> Row[Any] | None:
        """The one row that answers what `build` makes of the scope's parts; None: there are none.

        Without filters, as most searches are, it is built once for all actors of the same shape.
        """
        if not self._filters and not self._conditions:
            shaped = _shaped(shape_of(self._actor), build, *args)
            return shaped.ask(self.session, self._actor, **given) if shaped else None
        parts = _parts(self._actor, self._filters, self._conditions)
        return self.session.execute(build(parts, *args), given).one() if parts else None


def _parts(actor: Actor, filters: Mapping[str, Any], conditions: Sequence[Clause] = ()) -> Parts:
    """Disjoint parts of the actor's scope, in each of which everything else holds."""
    narrowed = clauses(filters, actor)
    branches = scope.branches(actor, TICKET_SCOPE, known_scope(filters, actor))
    return [(branch, *narrowed, *conditions) for branch in branches]


@lru_cache(maxsize=128)
def _shaped(shape: Shape, build: Build, *args: Any) -> ShapedStatement | None:
    parts = _parts(shape.stand_in(), {})
    return ShapedStatement(build(parts, *args)) if parts else None


def _walk(
    searched: TicketsOf, terms: Terms, most: int, last: tuple[datetime, UUID] | None = None
) -> tuple[Candidates, bool]:
    """Look through the `most` newest, of those behind the `last` one; and whether these are all."""
    behind = {} if last is None else {"last_at": last[0], "last_id": last[1]}
    given = {**_query(terms), **behind}
    return _told(searched.ask(_walked, terms.query is not None, most, bool(behind), **given), most)


def _walked(parts: Parts, has_words: bool, most: int, is_behind: bool) -> Select[*tuple[Any, ...]]:
    behind = [tuple_(*reversed(_KEYS)) < _LAST] if is_behind else []
    newest = [_newest(select(*_KEYS).where(*part, *behind), most) for part in parts]
    united = newest[0] if len(newest) == 1 else _newest_of(union_all(*newest), most)
    walked = united.cte("walked").prefix_with("MATERIALIZED")
    hits = _among(walked, has_words).cte("hits")
    return _telling(walked, hits).add_columns(*_oldest(walked))


def _among(walked: Any, has_words: bool) -> Select[Any]:
    """Those of the walked that fit."""
    keys = select(walked.c.ticket_id, walked.c.updated_at)
    if not has_words:
        return keys
    # Each by its key, whatever the planner thinks of the words: it would ask their index first.
    own = (
        select(ticket_search.c.words)
        .where(ticket_search.c.ticket_id == walked.c.ticket_id)
        .offset(0)
        .lateral("own")
    )
    return keys.select_from(walked.join(own, true())).where(_fits(own.c.words))


def _look_up(searched: TicketsOf, terms: Terms, *, only_whole: bool) -> tuple[Candidates, bool]:
    """Ask the index; and whether it had told everything when it was stopped.

    `only_whole`: of an index that has more to tell nothing is taken, for the newest are not known.
    """
    searched.session.execute(_BY_INDEX)
    return _told(searched.ask(_looked_up, only_whole, **_query(terms)), _INDEXED)


def _looked_up(parts: Parts, only_whole: bool) -> Select[*tuple[Any, ...]]:
    told = (
        select(ticket_search.c.ticket_id)
        .where(_fits(ticket_search.c.words))
        .limit(_INDEXED)
        .cte("told")
        .prefix_with("MATERIALIZED")
    )
    # One pass over what the index told: here no order is walked along.
    scoped = or_(*(and_(*part) for part in parts))
    found = select(*_KEYS).join(told, told.c.ticket_id == tickets.c.ticket_id).where(scoped)
    hits = (found.where(_count(told) < _INDEXED) if only_whole else found).cte("hits")
    return _telling(told, hits)


def _telling(looked_at: Any, hits: Any) -> Select[*tuple[Any, ...]]:
    return select(
        _count(looked_at).label("seen"), _ids(hits).label("ids"), _count(hits).label("found")
    )


def _oldest(walked: Any) -> list[Any]:
    """The key of the last that was looked through, as `last_at` and `last_id`."""
    oldest = select(walked).order_by(walked.c.updated_at, walked.c.ticket_id).limit(1).cte("oldest")
    return [
        select(oldest.c.updated_at).scalar_subquery().label("last_at"),
        select(oldest.c.ticket_id).scalar_subquery().label("last_id"),
    ]


def _told(row: Row[Any] | None, most: int) -> tuple[Candidates, bool]:
    """And whether it was not stopped at `most`."""
    if row is None:
        return Candidates(), True
    is_whole = row.seen < most
    last = None if is_whole or "last_at" not in row._mapping else (row.last_at, row.last_id)
    return Candidates(list(row.ids), row.found, is_whole, last), is_whole


def _together(newest: Candidates, others: Candidates) -> Candidates:
    ids = list(dict.fromkeys([*newest.ids, *others.ids]))
    return Candidates(ids[:MOST], max(len(ids), others.count), False)


_KEYS = (tickets.c.ticket_id, tickets.c.updated_at)
_LAST = tuple_(
    bindparam("last_at", type_=tickets.c.updated_at.type),
    bindparam("last_id", type_=tickets.c.ticket_id.type),
)


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
