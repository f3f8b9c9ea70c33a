"""What time does to articles: a word before they expire, and their end."""

from datetime import datetime
from uuid import UUID

from libs.common.actor import SYSTEM
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.timers import Timer, run_due_timers
from services.kb.domain.article import Act, Article
from services.kb.storage.articles import find_article
from services.kb.use_cases.finding import EXPIRY, NOTICE, close_article, tell


def run_timers(database: Database) -> int:
    """One batch of those that are due; how many there were."""
    return run_due_timers(database, {EXPIRY: expire_article, NOTICE: warn_of_expiry})


def expire_article(uow: UnitOfWork, timer: Timer) -> None:
    """Nobody reads it any more, if it has still not been prolonged."""
    now = utc_now()
    article = _published(uow, timer)
    if article is not None and _valid_until(article, now) <= now:
        act = Act(SYSTEM, now)
        article.expire(act)
        close_article(uow, article, act)


def warn_of_expiry(uow: UnitOfWork, timer: Timer) -> None:
    """Once for each date; nothing of the article changes by it."""
    now = utc_now()
    article = _published(uow, timer)
    if article is None:
        return
    until = article.shown().content.valid_until
    if until is not None and until > now:
        act = Act(SYSTEM, now)
        article.warn_of_expiry(act)
        tell(uow, article, act)


def _published(uow: UnitOfWork, timer: Timer) -> Article | None:
    article = find_article(uow.session, UUID(timer.key), is_locked=True)
    return article if article is not None and article.state == "published" else None


def _valid_until(article: Article, now: datetime) -> datetime:
    until = article.shown().content.valid_until
    return until if until is not None else datetime.max.replace(tzinfo=now.tzinfo)
