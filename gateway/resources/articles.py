"""Articles: found, read, written, put away, judged."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.article import (
    Article,
    ArticleChanges,
    ArticlePage,
    ArticleQuery,
    ArticleReadQuery,
    Judgement,
    NewArticle,
)

blueprint = ApiBlueprint(
    "articles", __name__, url_prefix="/articles", description="What the company knows"
)
_PAGE = ("q", "sort", "limit", "cursor")


@blueprint.operation("GET", "")
@requires("article.read")
@blueprint.arguments(ArticleQuery, location="query")
@blueprint.response(200, ArticlePage)
def list_articles(wanted: dict[str, Any]) -> Response:
    """Articles with the words and filters asked for; with words, best first."""
    page = {name: wanted.pop(name) for name in _PAGE if name in wanted}
    return answer(query("kb", "list_articles", {"filters": wanted, **page}))


@blueprint.operation("POST", "", is_command=True)
@requires("article.write")
@blueprint.arguments(NewArticle)
@blueprint.response(201, Article, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_article(values: dict[str, Any]) -> Response:
    """Begin an article; nobody reads it before somebody else has approved it."""
    made = command("kb", "create_article", {"values": values})
    return present(made, 201, f"/articles/{made['article_id']}")


@blueprint.operation("GET", "/<uuid:article_id>", errors=(404,))
@requires("article.read")
@blueprint.arguments(ArticleReadQuery, location="query")
@blueprint.response(200, Article, headers=ETAG_HEADER)
def get_article(wanted: dict[str, Any], article_id: UUID) -> Response:
    """One article as it is read; writers see their draft of it as well."""
    args = {"article_id": str(article_id), "is_read": wanted["counts"]}
    return present(query("kb", "get_article", args))


@blueprint.operation(
    "PATCH", "/<uuid:article_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("article.write")
@blueprint.arguments(ArticleChanges)
@blueprint.response(200, Article, headers=ETAG_HEADER)
def edit_article(changes: dict[str, Any], article_id: UUID) -> Response:
    """Change the draft, or begin one; what is published is read on, a review is given up."""
    version = expected_version(is_required=True)
    args = {"article_id": str(article_id), "version": version, "changes": changes}
    return present(command("kb", "edit_article", args))


@blueprint.operation(
    "DELETE", "/<uuid:article_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("article.manage")
@blueprint.response(204)
def remove_article(article_id: UUID) -> Response:
    """Put an article into the archive; its versions stay, and may be taken up again."""
    version = expected_version(is_required=True)
    command("kb", "archive_article", {"article_id": str(article_id), "version": version})
    return nothing()


@blueprint.operation(
    "DELETE", "/<uuid:article_id>/draft", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("article.write")
@blueprint.response(204)
def discard_article_draft(article_id: UUID) -> Response:
    """Give up what is being written; refused where nothing is published."""
    version = expected_version(is_required=True)
    command("kb", "discard_draft", {"article_id": str(article_id), "version": version})
    return nothing()


@blueprint.operation("POST", "/<uuid:article_id>/judgement", errors=(404,), is_command=True)
@requires("article.read")
@blueprint.arguments(Judgement)
@blueprint.response(204)
def judge_article(given: dict[str, Any], article_id: UUID) -> Response:
    """Say whether it helped; the last word of each colleague counts."""
    command("kb", "judge_article", {"article_id": str(article_id), **given})
    return nothing()
