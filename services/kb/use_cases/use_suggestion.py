"""A member of staff puts an article into an answer."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from libs.common.contracts.kb import SuggestionUsed
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from libs.common.ids import uuid7
from services.kb.domain.article import Article
from services.kb.storage import reading_counts as counts
from services.kb.storage.articles import find_article
from services.kb.use_cases.count_readers import refresh_boosts


@dataclass(frozen=True)
class Use:
    """Who uses it for which ticket; `rank` is its place in the list, from 1."""

    ticket_id: UUID
    number: str
    person_id: UUID
    rank: int | None


def use_suggestion(
    uow: UnitOfWork, article_id: UUID, use: Use, now: datetime, zone: tzinfo
) -> Article:
    """Counted and told once for each ticket, article and person."""
    article = find_article(uow.session, article_id, is_locked=True)
    if article is None or not article.is_read():
        raise NotFound("article.unknown", "there is no such article")
    row = {
        "use_id": uuid7(),
        "article_id": article_id,
        "ticket_id": use.ticket_id,
        "number": use.number,
        "person_id": use.person_id,
        "rank": use.rank,
        "used_at": now,
    }
    if counts.add_use(uow.session, **row):
        counts.count(uow.session, "uses", article_id, now.astimezone(zone).date())
        refresh_boosts(uow, [article_id], now, zone)
        uow.emit(SuggestionUsed, subject=str(article_id), data=row, time=now)
    return article
