"""Searches tickets: by words, phrases, fields; best first among the newest that fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, text
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.text import fold, segmenter_of
from services.ticketing.domain.numbers import TicketNumber
from services.ticketing.domain.searched import MAX_QUERY, Searched, read_searched
from services.ticketing.queries.filters import clauses
from services.ticketing.queries.search_candidates import (
    ENOUGH,
    MOST,
    Candidates,
    Key,
    TicketsOf,
    find_candidates,
)
from services.ticketing.queries.search_columns import column_clauses
from services.ticketing.queries.search_snippets import snippets_of
from services.ticketing.queries.search_terms import Terms, has_long_number, pairs_of, terms_of
from services.ticketing.queries.shapes import show_row
from services.ticketing.queries.ticket_lists import LIMIT, ROWS
from services.ticketing.storage.tables import tickets

Clause = ColumnElement[bool]
Json = dict[str, Any]

SORTS = ("relevance", "newest")
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_FOUND = ROWS.add_columns(tickets.c.solution, tickets.c.tags, tickets.c.fields).where(
    tickets.c.ticket_id == any_(_IDS)
)
_NOTHING = Terms(None, None, None, [], False)

# The words as they were put; all of them in the subject; how close together, how weighty; how new.
# What has no words yet comes before.
_RANK = text(
    "SELECT ticket_id FROM (SELECT ticket_id, updated_at, words, "
    "coalesce(ts_rank_cd('{0.1, 0.3, 0.6, 1.0}', words, CAST(:any AS tsquery), 32), 0) "
    "+ CASE WHEN words @@ CAST(:phrase AS tsquery) THEN 0.3 ELSE 0.0 END "
    "+ CASE WHEN ts_filter(words, '{a}') @@ CAST(:all AS tsquery) THEN 0.5 ELSE 0.0 END "
    "+ 0.25 / (1 + extract(epoch FROM greatest(now() - updated_at, interval '0')) / 2592000) "
    "AS score FROM tickets LEFT JOIN ticket_search USING (ticket_id) "
    "WHERE ticket_id = ANY(CAST(:ids AS uuid[]))) AS found "
    "ORDER BY words IS NULL DESC, score DESC, updated_at DESC, ticket_id "
    "OFFSET :start LIMIT :limit"
)


def search_tickets(
    uow: UnitOfWork,
    actor: Actor,
    q: str,
    filters: Mapping[str, Any],
    sort: str = "relevance",
    limit: int = 25,
    cursor: str | None = None,
) -> Json:
    """A page of what the actor may see: {items, next_cursor, total}.

    The newest that fit come in portions of at most MOST, each in its order, the best first.
    """
    searched = _checked(q, sort, limit)
    place = _Place.read(cursor)
    search = _Search(uow.session, actor, searched, filters, place.behind)
    found, count = search.found, place.earlier + search.found.count
    page = search.page(place.start, limit, sort)
    return {
        "items": _show(uow.session, page, search.terms.marked),
        "next_cursor": place.next(limit, found),
        "total": {
            "value": min(count, ENOUGH),
            "is_exact": found.is_exact and count <= ENOUGH,
        },
    }


@dataclass(frozen=True)
class _Place:
    """Where a page begins: `start` in the portion behind this key, with `earlier` before it."""

    start: int = 0
    earlier: int = 0
    behind: Key | None = None

    @classmethod
    def read(cls, cursor: str | None) -> "_Place":
        """Raises InvalidInput naming `cursor`."""
        if not cursor:
            return cls()
        start, earlier, *key = decode_cursor(cursor, 4, int, int)
        is_key = isinstance(key[0], datetime) and isinstance(key[1], UUID)
        if not 0 <= start <= MOST or earlier < 0 or not (is_key or key == [None, None]):
            raise field_error("cursor", "is not one that this list has given", "cursor.invalid")
        return cls(start, earlier, (key[0], key[1]) if is_key else None)

    def next(self, limit: int, found: Candidates) -> str | None:
        """The cursor of the next page: of this portion, else of what is behind it.

        The list ends where a whole look behind a portion finds nothing.
        """
        after = self.start + limit
        if after < len(found.ids):
            return encode_cursor([after, self.earlier, *(self.behind or (None, None))])
        if found.ids and found.last:
            return encode_cursor([0, self.earlier + len(found.ids), *found.last])
        return None


def _checked(q: object, sort: object, limit: object) -> Searched:
    if not isinstance(q, str) or not q.replace("\x00", "").strip() or len(q) > MAX_QUERY:
        raise field_error("q", f"must have 1 to {MAX_QUERY} characters", "filter.invalid")
    if sort not in SORTS:
        raise field_error("sort", f"must be one of {', '.join(SORTS)}", "filter.invalid")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
    return read_searched(q)


class _Search:
    """One search: what is found by words, else by what is written so, else by characters."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        searched: Searched,
        filters: Mapping[str, Any],
        behind: Key | None = None,
    ) -> None:
        self._session = session
        self._searched = searched
        columns, pieces = column_clauses(session, searched.columns, actor)
        self._pieces = [*searched.pieces, *pieces]
        self._tickets = TicketsOf(session, actor, filters, columns)
        self._actor = actor
        self.terms = terms_of(self._pieces, segmenter_of(()))
        self.found = self._by(self.terms, behind) if behind else self._find()

    def _find(self) -> Candidates:
        if self._pieces and self.terms.query is None:
            return replace(self._written_so(), last=None)
        found = self._by(self.terms)
        if found.ids:
            return self._with_number(found)
        is_other = self._searched.is_plain and not has_long_number(self._searched.text)
        if is_other:
            found = self._written_so()
        if not found.ids and self._searched.is_plain and (pairs := pairs_of(self._pieces)):
            found, self.terms = self._by(pairs), pairs
        # Only what was found by words is looked for behind a page.
        return replace(self._with_number(found), last=None)

    def _by(self, terms: Terms, behind: Key | None = None) -> Candidates:
        return find_candidates(self._tickets, terms, behind)

    def _written_so(self) -> Candidates:
        """The characters themselves in number, subject or customer's name, which are indexed."""
        written = clauses({"q": self._searched.text[:100]}, self._actor)
        terms = Terms(None, None, None, [fold(self._searched.text)], False)
        found = find_candidates(self._tickets.that(*written), terms)
        self.terms = terms if found.ids else self.terms
        return found

    def _with_number(self, found: Candidates) -> Candidates:
        """A ticket is found by its number before its words are cut, too."""
        if TicketNumber.parse(self._searched.text):
            numbered = self._tickets.that(*clauses({"q": self._searched.text}, self._actor))
            own = find_candidates(numbered, _NOTHING)
            if new := [one for one in own.ids if one not in found.ids]:
                return Candidates([*new, *found.ids][:MOST], found.count + 1, found.is_exact)
        return found

    def page(self, start: int, limit: int, sort: str) -> Sequence[UUID]:
        """`limit` of the found from the `start`-th on, the best or the newest first."""
        if sort == "newest" or self.terms.any is None or not self.found.ids:
            return [UUID(one) for one in self.found.ids[start : start + limit]]
        given = {
            "ids": self.found.ids,
            "any": self.terms.any,
            "all": self.terms.query,
            "phrase": self.terms.phrase,
            "start": start,
            "limit": limit,
        }
        return self._session.scalars(_RANK, given).all()


def _show(session: Session, ids: Sequence[UUID], words: Sequence[str]) -> list[Json]:
    """In this order; a ticket that has vanished meanwhile is left out."""
    rows = {row.ticket_id: row for row in session.execute(_FOUND, {"ids": list(ids)})}
    known = [rows[one] for one in ids if one in rows]
    snippets = snippets_of(session, known, words)
    return [show_row(row) | {"snippets": snippets[row.ticket_id]} for row in known]
