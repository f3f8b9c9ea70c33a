"""Versions of articles, and their way through a review."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.article import (
    Article,
    ArticleDiff,
    ArticleVersion,
    DiffQuery,
    Restoring,
    ReviewComment,
    ReviewReason,
    VersionPage,
)

blueprint = ApiBlueprint(
    "article versions",
    __name__,
    url_prefix="/articles/<uuid:article_id>",
    description="Versions of articles and their reviews",
)


@blueprint.operation("GET", "/versions", errors=(404,))
@requires("article.write")
@blueprint.response(200, VersionPage)
def list_article_versions(article_id: UUID) -> Response:
    """All versions and reviews, newest first."""
    return answer(query("kb", "list_versions", {"article_id": str(article_id)}))


@blueprint.operation("GET", "/versions/<int(max=1000000):version_number>", errors=(404,))
@requires("article.write")
@blueprint.response(200, ArticleVersion)
def get_article_version(article_id: UUID, version_number: int) -> Response:
    """One version with its words."""
    args = {"article_id": str(article_id), "number": version_number}
    return answer(query("kb", "get_version", args))


@blueprint.operation("GET", "/diff", errors=(404,))
@requires("article.write")
@blueprint.arguments(DiffQuery, location="query")
@blueprint.response(200, ArticleDiff)
def compare_article_versions(wanted: dict[str, int], article_id: UUID) -> Response:
    """What has changed between two versions, word by word."""
    return answer(query("kb", "compare_versions", {"article_id": str(article_id), **wanted}))


def _step(rule: str) -> Any:
    return blueprint.operation(
        "POST", rule, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
    )


@_step("/restore")
@requires("article.write")
@blueprint.arguments(Restoring)
@blueprint.response(200, Article, headers=ETAG_HEADER)
def restore_article_version(wanted: dict[str, int], article_id: UUID) -> Response:
    """Write on from an earlier version: its words become the draft's."""
    return _done("restore_version", article_id, **wanted)


@_step("/submit")
@requires("article.write")
@blueprint.arguments(ReviewComment)
@blueprint.response(200, Article, headers=ETAG_HEADER)
def submit_article(given: dict[str, Any], article_id: UUID) -> Response:
    """Ask for a review of the draft."""
    return _done("submit_article", article_id, **given)


@_step("/approve")
@requires("article.review")
@blueprint.arguments(ReviewComment)
@blueprint.response(200, Article, headers=ETAG_HEADER)
def approve_article(given: dict[str, Any], article_id: UUID) -> Response:
    """Publish the version under review; refused to whoever has written on it."""
    return _done("approve_article", article_id, **given)


@_step("/decline")
@requires("article.review")
@blueprint.arguments(ReviewReason)
@blueprint.response(200, Article, headers=ETAG_HEADER)
def decline_article(given: dict[str, Any], article_id: UUID) -> Response:
    """Send the version under review back to its author, with the reason."""
    return _done("decline_article", article_id, **given)


@_step("/withdraw")
@requires("article.review")
@blueprint.response(200, Article, headers=ETAG_HEADER)
def withdraw_article(article_id: UUID) -> Response:
    """Take what is published from its readers; it becomes a draft again."""
    return _done("withdraw_article", article_id)


@_step("/archive")
@requires("article.manage")
@blueprint.response(200, Article, headers=ETAG_HEADER)
def archive_article(article_id: UUID) -> Response:
    """Put an article into the archive."""
    return _done("archive_article", article_id)


def _done(method: str, article_id: UUID, **args: Any) -> Response:
    version = expected_version(is_required=True)
    named = {"article_id": str(article_id), "version": version}
    return present(command("kb", method, {**named, **args}))
