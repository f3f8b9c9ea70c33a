"""How the installation is: services, processes, queues, what waits where."""

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.schemas.operation import OperationState

blueprint = ApiBlueprint(
    "operation", __name__, url_prefix="/operation", description="The installation as a whole"
)


@blueprint.operation("GET", "")
@requires("operation.read")
@blueprint.response(200, OperationState)
def get_operation() -> Response:
    """Services and their processes, outboxes, failures, timers, queues."""
    ours = parts()
    return answer(ours.operation.look(ours.rpc, ours.database, request_id()))
