"""What became of messages to customers, staff and group chats."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.delivery import DeliveryPage, DeliveryQuery, DeliveryResent

blueprint = ApiBlueprint(
    "deliveries", __name__, url_prefix="/deliveries", description="What became of messages"
)


@blueprint.operation("GET", "")
@requires("delivery.read")
@blueprint.arguments(DeliveryQuery, location="query")
@blueprint.response(200, DeliveryPage)
def search_deliveries(wanted: dict[str, Any]) -> Response:
    """The newest first, without addresses and texts."""
    return answer(query("notify", "search_deliveries", wanted))


@blueprint.operation("POST", "/<uuid:delivery_id>/resend", errors=(404, 409), is_command=True)
@requires("delivery.resend")
@blueprint.response(202, DeliveryResent)
def resend_delivery(delivery_id: UUID) -> Response:
    """Send once more what has failed, or of what nobody knows whether it came."""
    done = command("notify", "resend_delivery", {"delivery_id": str(delivery_id)})
    return answer(done, 202)
