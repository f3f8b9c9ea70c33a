"""Articles that may help with a ticket, and their use in its answer.

Whether the caller may know of the ticket, ticketing says; kb is told words and an id.
"""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.suggestion import (
    SuggestionPage,
    SuggestionQuery,
    SuggestionUse,
    UsedSuggestion,
)

blueprint = ApiBlueprint(
    "suggestions",
    __name__,
    url_prefix="/tickets/<number:number>/suggestions",
    description="Articles that may help with a ticket",
)


@blueprint.operation("GET", "", errors=(404,))
@requires("article.read")
@blueprint.arguments(SuggestionQuery, location="query")
@blueprint.response(200, SuggestionPage)
def list_suggestions(wanted: dict[str, Any], number: str) -> Response:
    """By the ticket's subject and the customer's first words; best first."""
    told = query("ticketing", "get_wording", {"number": number})
    args = {name: told[name] for name in ("subject", "text", "kind")}
    return answer(query("kb", "suggest_articles", {**args, **wanted}))


@blueprint.operation("POST", "/<uuid:article_id>/use", errors=(404,), is_command=True)
@requires("article.use")
@blueprint.arguments(SuggestionUse)
@blueprint.response(200, UsedSuggestion)
def use_suggestion(given: dict[str, Any], number: str, article_id: UUID) -> Response:
    """Take an article's answer for a reply; counted once per ticket, article and person."""
    told = query("ticketing", "get_wording", {"number": number})
    args = {"article_id": str(article_id), "ticket_id": told["ticket_id"]}
    return answer(command("kb", "use_suggestion", {**args, "number": told["number"], **given}))
