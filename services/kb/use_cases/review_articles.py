"""The way of a version before its readers, and away from them."""

from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.kb.domain.article import Act, Article
from services.kb.storage.settings_row import read_settings
from services.kb.use_cases.finding import close_article, open_article


def submit_article(
    uow: UnitOfWork, act: Act, article_id: UUID, version: int | None, comment: str | None
) -> Article:
    """Ask for a review."""
    article = open_article(uow, article_id, version)
    article.submit(act, comment)
    close_article(uow, article, act)
    return article


def approve_article(
    uow: UnitOfWork, act: Act, article_id: UUID, version: int | None, comment: str | None
) -> Article:
    """Publish the version under review."""
    article = open_article(uow, article_id, version)
    needs_other = read_settings(uow.session)["needs_other_reviewer"]
    article.approve(act, comment, needs_other=needs_other)
    close_article(uow, article, act)
    return article


def decline_article(
    uow: UnitOfWork, act: Act, article_id: UUID, version: int | None, comment: str
) -> Article:
    """Send it back, with the reason."""
    article = open_article(uow, article_id, version)
    article.decline(act, comment)
    close_article(uow, article, act)
    return article


def withdraw_article(uow: UnitOfWork, act: Act, article_id: UUID, version: int | None) -> Article:
    """Take it from its readers, to be written on."""
    article = open_article(uow, article_id, version)
    article.withdraw(act, uuid7())
    close_article(uow, article, act)
    return article


def archive_article(uow: UnitOfWork, act: Act, article_id: UUID, version: int | None) -> Article:
    """Put it away."""
    article = open_article(uow, article_id, version)
    article.archive(act)
    close_article(uow, article, act)
    return article
