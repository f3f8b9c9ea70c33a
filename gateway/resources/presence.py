"""Whether the caller can be given work: said by themselves, and kept alive by their console."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.audit.recording import unrecorded
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.presence import OwnPresence, PresenceChange

blueprint = ApiBlueprint(
    "presence", __name__, url_prefix="/presence/own", description="Who is there to work"
)


@blueprint.operation("GET", "", errors=(404,))
@requires("presence.own")
@blueprint.response(200, OwnPresence)
def get_own_presence() -> Response:
    """Whether the caller gets work now, and if not why."""
    return answer(query("dispatch", "get_own_presence"))


@blueprint.operation("PUT", "", errors=(404,), is_command=True)
@requires("presence.own")
@blueprint.arguments(PresenceChange)
@blueprint.response(200, OwnPresence)
def set_own_presence(change: dict[str, Any]) -> Response:
    """Be online, busy, away or offline (在线/忙碌/离开/离线)."""
    return answer(command("dispatch", "set_own_presence", change))


@blueprint.operation("POST", "/heartbeats", errors=(404,))
@requires("presence.own")
@unrecorded
@blueprint.response(200, OwnPresence)
def send_heartbeat() -> Response:
    """Still there. Sent by consoles; without it somebody online gets no work after a while."""
    return answer(query("dispatch", "heartbeat"))
