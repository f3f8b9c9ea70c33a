"""The types of events that other systems may hear of."""

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.schemas.webhook import EventTypePage
from libs.common.contracts.catalogue import event_types

blueprint = ApiBlueprint(
    "event types", __name__, url_prefix="/event-types", description="What events there are"
)


@blueprint.operation("GET", "")
@requires("webhook.read")
@blueprint.response(200, EventTypePage)
def list_event_types() -> Response:
    """All public types of events."""
    items = [
        {
            "type": one.name,
            "producer": one.producer,
            "summary": one.summary,
            "description": one.description,
        }
        for one in event_types()
    ]
    return answer({"items": items})
