"""Categories, tags and settings of articles, and whether they help."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.knowledge import (
    ArticleCategory,
    ArticleCategoryChanges,
    ArticleCategoryOrder,
    ArticleCategoryPage,
    ArticleTagPage,
    FiguresQuery,
    KnowledgeFigures,
    KnowledgeSettings,
    KnowledgeSettingsChanges,
    NewArticleCategory,
)

blueprint = ApiBlueprint("knowledge", __name__, description="How articles are kept in order")


@blueprint.operation("GET", "/article-categories")
@requires("article.read")
@blueprint.response(200, ArticleCategoryPage)
def list_article_categories() -> Response:
    """All categories, siblings in their order."""
    return answer(query("kb", "list_categories"))


@blueprint.operation("POST", "/article-categories", is_command=True)
@requires("article.manage")
@blueprint.arguments(NewArticleCategory)
@blueprint.response(201, ArticleCategory, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_article_category(values: dict[str, Any]) -> Response:
    """Add a category behind its siblings."""
    made = command("kb", "create_category", {"values": values})
    return present(made, 201, f"/article-categories/{made['category_id']}")


@blueprint.operation(
    "PATCH",
    "/article-categories/<uuid:category_id>",
    errors=EDIT_ERRORS,
    is_command=True,
    parameters=IF_MATCH,
)
@requires("article.manage")
@blueprint.arguments(ArticleCategoryChanges)
@blueprint.response(200, ArticleCategory, headers=ETAG_HEADER)
def edit_article_category(changes: dict[str, Any], category_id: UUID) -> Response:
    """Rename or move a category."""
    version = expected_version(is_required=True)
    args = {"category_id": str(category_id), "version": version, "changes": changes}
    return present(command("kb", "edit_category", args))


@blueprint.operation(
    "DELETE",
    "/article-categories/<uuid:category_id>",
    errors=EDIT_ERRORS,
    is_command=True,
    parameters=IF_MATCH,
)
@requires("article.manage")
@blueprint.response(204)
def remove_article_category(category_id: UUID) -> Response:
    """Remove a category; refused while anything is in it."""
    version = expected_version(is_required=True)
    command("kb", "remove_category", {"category_id": str(category_id), "version": version})
    return nothing()


@blueprint.operation("PUT", "/article-categories/order", is_command=True)
@requires("article.manage")
@blueprint.arguments(ArticleCategoryOrder)
@blueprint.response(200, ArticleCategoryPage)
def order_article_categories(order: dict[str, Any]) -> Response:
    """Put siblings into another order; refused unless all are named."""
    return answer(command("kb", "order_categories", order))


@blueprint.operation("GET", "/article-tags")
@requires("article.read")
@blueprint.response(200, ArticleTagPage)
def list_article_tags() -> Response:
    """The commonest tags of published articles."""
    return answer(query("kb", "list_tags"))


@blueprint.operation("GET", "/knowledge-settings")
@requires("article.read")
@blueprint.response(200, KnowledgeSettings, headers=ETAG_HEADER)
def get_knowledge_settings() -> Response:
    """How reviews go, and how texts are cut into words."""
    return present(query("kb", "get_settings"))


@blueprint.operation(
    "PATCH", "/knowledge-settings", errors=(412, 428), is_command=True, parameters=IF_MATCH
)
@requires("article.manage")
@blueprint.arguments(KnowledgeSettingsChanges)
@blueprint.response(200, KnowledgeSettings, headers=ETAG_HEADER)
def edit_knowledge_settings(changes: dict[str, Any]) -> Response:
    """Change some of it; after a change of words all texts are cut anew in the background."""
    args = {"version": expected_version(is_required=True), "changes": changes}
    return present(command("kb", "edit_settings", args))


@blueprint.operation("GET", "/knowledge-figures")
@requires("report.read")
@blueprint.arguments(FiguresQuery, location="query")
@blueprint.response(200, KnowledgeFigures)
def get_knowledge_figures(wanted: dict[str, Any]) -> Response:
    """What is read, used and judged, and what is looked for in vain."""
    period = {name: day.isoformat() for name, day in wanted.items()}
    return answer(query("kb", "get_figures", period))
