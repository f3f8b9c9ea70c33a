"""Surveys: answered by whoever has a link, without a login; set up and read by staff."""

import hashlib
import re
from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import public, requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, command_id_of_request, query
from gateway.parts import parts
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.request_ids import request_id
from gateway.resources.versioned import IF_MATCH, present
from gateway.schemas.survey import (
    SurveyAnswer,
    SurveyList,
    SurveyPage,
    SurveyPageQuery,
    SurveyQuery,
    SurveySettings,
    SurveySettingsChanges,
    SurveyTagList,
)
from libs.common.actor import Actor
from libs.common.errors import NotFound

blueprint = ApiBlueprint("surveys", __name__, description="How satisfied customers are")

# Whoever has the link: the gateway asks for them, and may nothing else.
_SOMEBODY = Actor(
    subject=None,
    name="网关",
    kind="gateway",
    permissions=frozenset({"survey.open", "survey.answer"}),
)
_LINK = re.compile(r"[A-Za-z0-9_-]{12}|[A-Za-z0-9_-]{43}", re.ASCII)
_TIMEOUT = 8.0  # seconds


@blueprint.operation("GET", "/surveys/<token>", errors=(404, 429))
@public
@blueprint.arguments(SurveyPageQuery, location="query")
@blueprint.response(200, SurveyPage)
def open_survey(wanted: dict[str, Any], token: str) -> Response:
    """What a link leads to; nothing of the ticket but its number."""
    args = {"link": _link(token), **wanted}
    return answer(query("notify", "get_survey", args, on_behalf_of=_SOMEBODY))


@blueprint.operation("POST", "/surveys/<token>/answer", errors=(404, 410, 429), is_command=True)
@public
@blueprint.arguments(SurveyAnswer)
@blueprint.response(200, SurveyPage)
def answer_survey(given: dict[str, Any], token: str) -> Response:
    """Answer once; the same answer again is answered the same."""
    shown = parts().rpc.command(
        "notify",
        "answer_survey",
        {"link": _link(token), **given},
        actor=_SOMEBODY,
        command_id=_command_id(token),
        request_id=request_id(),
        timeout=_TIMEOUT,
    )
    return answer(shown)


@blueprint.operation("GET", "/surveys")
@requires("survey.read")
@blueprint.arguments(SurveyQuery, location="query")
@blueprint.response(200, SurveyList)
def list_surveys(wanted: dict[str, Any]) -> Response:
    """What customers answered about the tickets that the caller may see, newest first."""
    page: dict[str, Any] = {
        name: wanted.pop(name) for name in ("limit", "cursor") if name in wanted
    }
    return answer(query("notify", "list_surveys", {"filters": wanted, **page}))


@blueprint.operation("GET", "/survey-settings")
@requires("survey.read")
@blueprint.response(200, SurveySettings, headers=ETAG_HEADER)
def get_survey_settings() -> Response:
    """Whether, when and how customers are asked."""
    return present(query("notify", "get_survey_settings"))


@blueprint.operation("GET", "/survey-tags")
@requires("ticket.read")
@blueprint.response(200, SurveyTagList)
def list_survey_tags() -> Response:
    """The reasons that customers may choose, by the keys that timelines and surveys name."""
    return answer(query("notify", "list_survey_tags"))


@blueprint.operation(
    "PATCH", "/survey-settings", errors=(412, 428), is_command=True, parameters=IF_MATCH
)
@requires("survey.manage")
@blueprint.arguments(SurveySettingsChanges)
@blueprint.response(200, SurveySettings, headers=ETAG_HEADER)
def edit_survey_settings(changes: dict[str, Any]) -> Response:
    """Change some of it."""
    args = {"version": expected_version(is_required=True), "changes": changes}
    return present(command("notify", "edit_survey_settings", args))


def _command_id(token: str) -> str:
    """Of this link alone: nobody vouches for who sent the key, and others may have the same."""
    return hashlib.sha256(f"{token}:{command_id_of_request()}".encode()).hexdigest()


def _link(token: str) -> str:
    if not _LINK.fullmatch(token):
        raise NotFound("survey.unknown", "there is no such survey")
    return token
