"""The public help centre: what everybody may read, without a login, for sites, apps and caches."""

from typing import Any
from uuid import UUID

from flask import Response, request

from gateway.answers import answer, nothing
from gateway.auth.access import public
from gateway.auth.limits import source_of
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.parts import parts
from gateway.schemas.help_centre import HelpArticle, HelpJudgement, HelpPage, HelpQuery
from gateway.schemas.knowledge import HelpCategoryPage
from libs.common.actor import Actor

blueprint = ApiBlueprint(
    "help centre", __name__, url_prefix="/help", description="What everybody may read"
)

_VISITOR = Actor(None, "访客", "gateway", permissions=frozenset({"help.read", "help.judge"}))
_PAGE = ("q", "sort", "limit", "cursor")
# A minute: what is withdrawn must not be read for long.
_CACHED = "public, max-age=60"


@blueprint.operation("GET", "/articles", errors=(422, 429))
@public
@blueprint.arguments(HelpQuery, location="query")
@blueprint.response(200, HelpPage)
def list_help_articles(wanted: dict[str, Any]) -> Response:
    """Public articles with the words and filters asked for; with words, best first."""
    page = {name: wanted.pop(name) for name in _PAGE if name in wanted}
    return _cached(_ask("list_help_articles", {"filters": wanted, **page}))


@blueprint.operation("GET", "/articles/<article_name:name>", errors=(404, 429))
@public
@blueprint.response(200, HelpArticle)
def get_help_article(name: str) -> Response:
    """One public article by its id or slug."""
    return _cached(_ask("get_help_article", {"name": name}))


@blueprint.operation("GET", "/categories", errors=(429,))
@public
@blueprint.response(200, HelpCategoryPage)
def list_help_categories() -> Response:
    """Categories with public articles in or below them."""
    return _cached(_ask("list_help_categories", {}))


@blueprint.operation(
    "POST", "/articles/<uuid:article_id>/judgement", errors=(404, 429), is_command=True
)
@public
@blueprint.arguments(HelpJudgement)
@blueprint.response(204)
def judge_help_article(given: dict[str, Any], article_id: UUID) -> Response:
    """Say whether it helped: one opinion for each visitor and day, who may change it."""
    source = source_of(request.remote_addr or "")
    args = {
        "article_id": str(article_id),
        "is_helpful": given["is_helpful"],
        "visitor": _of_today(source, given["visitor"] or str(request.user_agent)),
        "source": _of_today(source),
    }
    command("kb", "judge_help_article", args, on_behalf_of=_VISITOR)
    return nothing()


def _ask(method: str, args: dict[str, Any]) -> Any:
    return query("kb", method, args, on_behalf_of=_VISITOR)


def _cached(body: Any) -> Response:
    """With a tag of its content: whoever has it already gets 304."""
    response = answer(body)
    response.headers["Cache-Control"] = _CACHED
    response.add_etag()
    response.make_conditional(request)
    return response


def _of_today(*facts: str) -> str:
    """Tells visitors apart for a day, and names nobody."""
    day = parts().clock().date().isoformat()
    return parts().sealing.index.of("visitor", "\n".join((day, *facts))).hex()[:40]
