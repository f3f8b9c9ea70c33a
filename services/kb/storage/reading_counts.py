"""Views, uses and judgements: appended where readers meet, folded into days by a job."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

_HIT = text("INSERT INTO hits (article_id, day, reader) VALUES (:id, :day, :reader)")
_FOLD = text(
    "WITH taken AS (DELETE FROM hits WHERE hit_id IN (SELECT hit_id FROM hits ORDER BY hit_id "
    "LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING article_id, day, reader), "
    "counted AS (SELECT article_id, day, "
    "count(*) FILTER (WHERE reader = 'customer') AS customers, "
    "count(*) FILTER (WHERE reader = 'staff') AS staff FROM taken JOIN articles USING (article_id) "
    "GROUP BY article_id, day ORDER BY article_id, day), "
    "folded AS (INSERT INTO days (article_id, day, customer_views, staff_views) "
    "SELECT article_id, day, customers, staff FROM counted "
    "ON CONFLICT (article_id, day) DO UPDATE SET "
    "customer_views = days.customer_views + excluded.customer_views, "
    "staff_views = days.staff_views + excluded.staff_views RETURNING article_id) "
    "SELECT (SELECT count(*) FROM taken), "
    "(SELECT array_agg(DISTINCT article_id) FROM folded)"
)
_COUNT = {
    name: text(
        f"INSERT INTO days (article_id, day, {name}) VALUES (:id, :day, :by) "
        f"ON CONFLICT (article_id, day) DO UPDATE SET {name} = days.{name} + :by"
    )
    for name in ("uses", "helpful", "unhelpful")
}
_SUMS = text(
    "SELECT article_id, sum(uses) AS uses, sum(customer_views + staff_views) AS views, "
    "sum(helpful) AS helpful, sum(unhelpful) AS unhelpful FROM days "
    "WHERE article_id = ANY(:ids) AND day > CAST(:day AS date) - 365 GROUP BY article_id"
)
_BOOST = text(
    "UPDATE search_rows SET boost = :boost WHERE article_id = :id AND NOT is_working "
    "AND abs(boost - :boost) > 0.001"
)
_CHANGED = text(
    "SELECT article_id, updated_at FROM search_rows "
    "WHERE article_id = ANY(:ids) AND NOT is_working ORDER BY article_id"
)
_USE = text(
    "INSERT INTO uses (use_id, article_id, ticket_id, number, person_id, rank, used_at) "
    "VALUES (:use_id, :article_id, :ticket_id, :number, :person_id, :rank, :used_at) "
    "ON CONFLICT (ticket_id, article_id, person_id) DO NOTHING RETURNING use_id"
)
_JUDGED = text(
    "SELECT is_helpful FROM judgements WHERE article_id = :id AND reader_key = :key FOR UPDATE"
)
_JUDGE = text(
    "INSERT INTO judgements (article_id, reader_key, source_key, reader, is_helpful, judged_at) "
    "VALUES (:id, :key, :source, :reader, :is_helpful, :now) "
    "ON CONFLICT (article_id, reader_key) DO UPDATE SET is_helpful = excluded.is_helpful"
)
_FROM_SOURCE = text(
    "SELECT count(*) FROM judgements WHERE article_id = :id AND source_key = :source"
)
_FORGET = text(
    "UPDATE judgements SET source_key = NULL WHERE source_key IS NOT NULL AND judged_at < :before"
)
# So many in a day and no more: anybody may look for anything.
_MOST_MISSED = 5_000
_MISSED = text(
    "INSERT INTO missed_searches (day, reader, phrase) SELECT :day, :reader, :phrase "
    f"WHERE (SELECT count(*) FROM missed_searches WHERE day = :day) < {_MOST_MISSED} "
    "ON CONFLICT (day, reader, phrase) DO UPDATE SET count = missed_searches.count + 1"
)
_FORGET_MISSED = text("DELETE FROM missed_searches WHERE day < :before")


def add_hit(session: Session, article_id: UUID, day: date, reader: str) -> None:
    """Somebody has read it. `reader`: customer or staff."""
    session.execute(_HIT, {"id": article_id, "day": day, "reader": reader})


def fold_hits(session: Session, most: int) -> tuple[int, list[UUID]]:
    """Put the oldest hits into their days; how many there were, and of which articles."""
    taken, articles = session.execute(_FOLD, {"most": most}).one()
    return taken, list(articles or ())


def count(session: Session, name: str, article_id: UUID, day: date, by: int = 1) -> None:
    """`name`: uses, helpful or unhelpful."""
    session.execute(_COUNT[name], {"id": article_id, "day": day, "by": by})


def sums_of(session: Session, ids: list[UUID], day: date) -> dict[UUID, RowMapping]:
    """What the last year has brought."""
    rows = session.execute(_SUMS, {"ids": ids, "day": day}).mappings()
    return {row["article_id"]: row for row in rows}


def changed_at(session: Session, ids: list[UUID]) -> dict[UUID, datetime]:
    """When those that are read were changed."""
    return {row[0]: row[1] for row in session.execute(_CHANGED, {"ids": ids})}


def set_boosts(session: Session, boosts: dict[UUID, float]) -> None:
    """In the order of ids, so that replicas wait for one another and do not deadlock."""
    rows = [{"id": one, "boost": boost} for one, boost in sorted(boosts.items())]
    if rows:
        session.execute(_BOOST, rows)


def add_use(session: Session, **row: Any) -> bool:
    """Whether it is the first of this person, ticket and article."""
    return session.execute(_USE, row).first() is not None


def find_judgement(session: Session, article_id: UUID, key: str) -> bool | None:
    """What the reader said before, if anything."""
    found: bool | None = session.scalar(_JUDGED, {"id": article_id, "key": key})
    return found


def put_judgement(session: Session, **row: Any) -> None:
    session.execute(_JUDGE, row)


def judgements_from(session: Session, article_id: UUID, source: str) -> int:
    """How many of an article came from one address today."""
    return int(session.scalar(_FROM_SOURCE, {"id": article_id, "source": source}) or 0)


def forget_sources(session: Session, before: datetime) -> None:
    """Where judgements came from matters for a day."""
    session.execute(_FORGET, {"before": before})


def forget_missed(session: Session, before: date) -> None:
    """What was looked for long ago."""
    session.execute(_FORGET_MISSED, {"before": before})


def add_missed(session: Session, day: date, reader: str, phrase: str) -> None:
    """Somebody has looked for something that is not there."""
    session.execute(_MISSED, {"day": day, "reader": reader, "phrase": phrase})
