"""What conditions of rules and policies can ask about."""

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.schemas.condition import ConditionFieldPage
from libs.common.conditions import catalogue

blueprint = ApiBlueprint("condition fields", __name__, description="The language of conditions")


@blueprint.operation("GET", "/condition-fields")
@requires("session.own")
@blueprint.response(200, ConditionFieldPage)
def list_condition_fields() -> Response:
    """The fields with their operators and choices, for editors."""
    return answer({"items": catalogue()})
