"""What readers think of articles, and what comes of it for their place in results."""

from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from libs.common.clock import utc_now
from libs.common.contracts.kb import ArticleJudged
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import NotFound, TooMany
from services.kb.domain.ranking import boost_of
from services.kb.storage import lexemes
from services.kb.storage import reading_counts as counts
from services.kb.storage.articles import find_article

_MOST_HITS = 5_000
# Of one article, from one address, in a day.
MOST_FROM_SOURCE = 5
_RECOUNT = timedelta(minutes=10)
_DAY = timedelta(days=1)


def judge_article(
    uow: UnitOfWork,
    article_id: UUID,
    *,
    is_helpful: bool,
    reader: str,
    key: str,
    source: str | None,
    now: datetime,
    today: date,
    is_public: bool,
) -> None:
    """One opinion for each reader, who may change it; only the first is told as an event."""
    article = find_article(uow.session, article_id, is_locked=True)
    if article is None or not article.is_read(by_everybody=is_public):
        raise NotFound("article.unknown", "there is no such article")
    before = counts.find_judgement(uow.session, article_id, key)
    if before == is_helpful:
        return
    if before is None and source is not None:
        _refuse_crowds(uow, article_id, source, now)
    row = {"id": article_id, "key": key, "source": source, "reader": reader}
    counts.put_judgement(uow.session, **row, is_helpful=is_helpful, now=now)
    counts.count(uow.session, _name(is_helpful), article_id, today)
    if before is not None:
        counts.count(uow.session, _name(before), article_id, today, -1)
        return
    data = {"article_id": article_id, "is_helpful": is_helpful, "reader": reader}
    uow.emit(ArticleJudged, subject=str(article_id), data={**data, "judged_at": now}, time=now)


def fold_hits(database: Database, zone: tzinfo) -> bool:
    """Put views into their days and articles into their places; whether there may be more."""
    now = utc_now()
    with database.begin() as uow:
        taken, articles = counts.fold_hits(uow.session, _MOST_HITS)
        if taken:
            refresh_boosts(uow, articles, now, zone)
            uow.commit()
    return taken == _MOST_HITS


def refresh_boosts(uow: UnitOfWork, ids: list[UUID], now: datetime, zone: tzinfo) -> None:
    """What these articles' use counts for from now on."""
    sums = counts.sums_of(uow.session, ids, now.astimezone(zone).date())
    boosts = {}
    for article_id, changed_at in counts.changed_at(uow.session, ids).items():
        known = sums.get(article_id)
        names = ("uses", "views", "helpful", "unhelpful")
        facts = {name: max(int(known[name]), 0) if known else 0 for name in names}
        boosts[article_id] = boost_of(**facts, changed_at=changed_at, now=now)
    counts.set_boosts(uow.session, boosts)


def count_words(database: Database) -> None:
    """How common each word is, for what is told by it."""
    now = utc_now()
    with database.begin(timeout=60) as uow:
        if lexemes.count_lexemes(uow.session, now, now - _RECOUNT):
            uow.commit()


def forget_old(database: Database) -> None:
    """Where judgements of days before came from, and what was looked for more than a year ago."""
    now = utc_now()
    with database.begin() as uow:
        counts.forget_sources(uow.session, now - _DAY)
        counts.forget_missed(uow.session, (now - 400 * _DAY).date())
        uow.commit()


def _refuse_crowds(uow: UnitOfWork, article_id: UUID, source: str, now: datetime) -> None:
    if counts.judgements_from(uow.session, article_id, source) >= MOST_FROM_SOURCE:
        seconds = {"retry_after": 3600}
        raise TooMany("judgement.too_many", "enough judgements of this article for today", seconds)


def _name(is_helpful: bool) -> str:
    return "helpful" if is_helpful else "unhelpful"
