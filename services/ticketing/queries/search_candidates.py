"""Which tickets have the words, newest first: never more work than a bounded number of rows.

First the newest tickets that the actor may see are looked through. If many of them have the words
(or there are no others), that is all; of words that are rare among them the index tells the rest,
unless PostgreSQL expects it to tell too much. Who reads on has older ones looked through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
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
# A glance, and the longest look for one page: who reads on looks further. One in a hundred is many.
_GLANCE, _LOOK, _INDEXED = 1_000, 3_000, 3_000
_MANY = _GLANCE // 100
# Of fewer others are better than none, though they may not be the newest.
_FEW = 5

# With millions of rows the planner may prefer to read them all, since it does not know that it is
# to be stopped; local to the transaction. Both in one, as the estimate costs little but its way.
_EXPECT_BY_INDEX = (
    "SELECT set_config('enable_seqscan', 'off', true); EXPLAIN (FORMAT JSON) "
    "SELECT FROM ticket_search WHERE words @@ CAST(%(query)s AS tsquery)"
)


Key = tuple[datetime, UUID]  # in the order of the newest


@dataclass
class Candidates:
    """At most MOST tickets, newest first; `count` of them and of others that fit.

    Not `is_exact`: there are more than were counted. `last`: others are to be looked for behind
    it; None: there are none, or these are not all of the newest.
    """

    ids: list[str] = field(default_factory=list)
    count: int = 0
    is_exact: bool = True
    last: Key | None = None


def find_candidates(searched: "TicketsOf", terms: Terms, behind: Key | None = None) -> Candidates:
    """Of these tickets those that the terms find; of those `behind` an earlier page's if given."""
    found = _walk(searched, terms, _GLANCE, MOST, behind)
    if found.is_exact or found.count >= MOST:
        return found
    is_rare = behind is None and found.count < _MANY and terms.is_bounded
    if is_rare and not _expects_too_many(searched.session, terms):
        known = _look_up(searched, terms, only_whole=True)
        if known.is_exact:
            return known
    found = _walk_on(searched, terms, found, _how_many_more(found.count))
    if found.is_exact or found.count >= _FEW or not is_rare:
        return found
    found = _walk_on(searched, terms, found, _LOOK)
    if found.is_exact or found.count >= _FEW:
        return found
    return _together(found, _look_up(searched, terms, only_whole=False))


def _how_many_more(found: int) -> int:
    """How many behind a glance are to be looked through for MOST; a quarter more to be sure."""
    wanted = 5 * _GLANCE * (MOST - found) // (4 * max(found, 1))
    return min(wanted, _LOOK - _GLANCE)


def _expects_too_many(session: Session, terms: Terms) -> bool:
    """Whether the index would tell so much that asking it would be in vain, by its statistics.

    They take words for independent, so that it is rather too few that are expected.
    """
    connection = session.connection()
    plan = connection.exec_driver_sql(_EXPECT_BY_INDEX, _query(terms)).scalar_one()
    expected: int = plan[0]["Plan"]["Plan Rows"]
    return expected > 2 * _INDEXED


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
    searched: TicketsOf, terms: Terms, most: int, room: int, behind: Key | None
) -> Candidates:
    """Look through the `most` newest, of those behind that one, and take `room` that fit."""
    after = {} if behind is None else {"after_at": behind[0], "after_id": behind[1]}
    given = {**_query(terms), **after, "most": most, "room": room}
    row = searched.ask(_walked, terms.query is not None, bool(after), **given)
    if row is None:
        return Candidates()
    is_whole = row.seen < most
    last: Key | None = (row.walked_at, row.walked_id)
    if row.found > room:
        last = (row.taken_at, row.taken_id)
    elif is_whole:
        last = None
    return Candidates(list(row.ids), row.found, is_whole, last)


def _walk_on(searched: TicketsOf, terms: Terms, found: Candidates, most: int) -> Candidates:
    """Look behind what was looked through."""
    older = _walk(searched, terms, most, MOST - found.count, found.last)
    ids = [*found.ids, *older.ids]
    return Candidates(ids, found.count + older.count, older.is_exact, older.last)


def _walked(parts: Parts, has_words: bool, is_behind: bool) -> Select[*tuple[Any, ...]]:
    behind = [tuple_(*reversed(_KEYS)) < _AFTER] if is_behind else []
    newest = [_newest(select(*_KEYS).where(*part, *behind)) for part in parts]
    united = newest[0] if len(newest) == 1 else _newest_of(union_all(*newest))
    walked = united.cte("walked").prefix_with("MATERIALIZED")
    hits = _among(walked, has_words).cte("hits")
    taken = _first(hits).cte("taken")
    return _telling(walked, hits, taken).add_columns(*_oldest(walked), *_oldest(taken))


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


def _look_up(searched: TicketsOf, terms: Terms, *, only_whole: bool) -> Candidates:
    """Ask the index; `is_exact`: it had told everything when it was stopped.

    `only_whole`: of an index that has more to tell nothing is taken, for the newest are not known.
    """
    row = searched.ask(_looked_up, only_whole, **_query(terms), room=MOST)
    if row is None:
        return Candidates()
    return Candidates(list(row.ids), row.found, row.seen < _INDEXED)


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
    return _telling(told, hits, _first(hits).cte("taken"))


def _telling(looked_at: Any, hits: Any, taken: Any) -> Select[*tuple[Any, ...]]:
    return select(
        _count(looked_at).label("seen"), _ids(taken).label("ids"), _count(hits).label("found")
    )


def _oldest(rows: CTE) -> list[Any]:
    """The key of the last of them: `walked_at` and `walked_id` of `walked`."""
    oldest = select(rows).order_by(rows.c.updated_at, rows.c.ticket_id).limit(1)
    one = oldest.cte(f"oldest_{rows.name}")
    return [
        select(one.c.updated_at).scalar_subquery().label(f"{rows.name}_at"),
        select(one.c.ticket_id).scalar_subquery().label(f"{rows.name}_id"),
    ]


def _together(newest: Candidates, others: Candidates) -> Candidates:
    ids = list(dict.fromkeys([*newest.ids, *others.ids]))
    return Candidates(ids[:MOST], max(len(ids), others.count), False)


_KEYS = (tickets.c.ticket_id, tickets.c.updated_at)
_MOST = bindparam("most", type_=Integer)
_ROOM = bindparam("room", type_=Integer)
_AFTER = tuple_(
    bindparam("after_at", type_=tickets.c.updated_at.type),
    bindparam("after_id", type_=tickets.c.ticket_id.type),
)


def _newest(statement: Any) -> Select[Any]:
    ordered = statement.order_by(tickets.c.updated_at.desc(), tickets.c.ticket_id.desc())
    limited: Select[Any] = ordered.limit(_MOST)
    return limited


def _newest_of(united: Any) -> Any:
    return united.order_by(text("updated_at DESC"), text("ticket_id DESC")).limit(_MOST)


def _fits(words: Any) -> Clause:
    clause: Clause = words.op("@@")(text("CAST(:query AS tsquery)"))
    return clause


def _query(terms: Terms) -> dict[str, str]:
    return {} if terms.query is None else {"query": terms.query}


def _count(rows: Any) -> Any:
    return select(func.count()).select_from(rows).scalar_subquery()


def _first(hits: Any) -> Select[Any]:
    newest = select(hits).order_by(hits.c.updated_at.desc(), hits.c.ticket_id.desc())
    first: Select[Any] = newest.limit(_ROOM)
    return first


def _ids(taken: Any) -> Any:
    # As texts, for they are handed back to PostgreSQL.
    ids = select(cast(taken.c.ticket_id, Text))
    newest = ids.order_by(taken.c.updated_at.desc(), taken.c.ticket_id.desc())
    return func.array(newest.scalar_subquery(), type_=ARRAY(Text))
