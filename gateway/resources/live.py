"""Live updates as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import time
from typing import Any

from flask import Response, request

from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.live.begin import Beginning, begin
from gateway.live.seeing import Viewer
from gateway.live.standing import Holder
from gateway.live.stream import Stream
from gateway.parts import parts
from gateway.portal.identities import requester_actor
from gateway.schemas.live import LiveQuery
from libs.common.errors import field_error
from libs.common.web.taken import Endless, can_take

blueprint = ApiBlueprint("live", __name__, description="What happens, as it happens")

_TYPE = "text/event-stream"
_POSITION = "Last-Event-ID"
_HEADERS = {
    "Cache-Control": "no-store",
    # nginx would keep small parts back: https://nginx.org/en/docs/http/ngx_http_proxy_module.html
    "X-Accel-Buffering": "no",
}
_STREAM = {
    "type": "string",
    "description": "Server-sent events. `ready` comes first, or `reset` if more was missed than "
    "can be told: read everything anew. Events without a name have JSON with a `type`: those of "
    "tickets, clocks, offers and notices, `ticket.gone` for a ticket that is out of sight now, "
    "`request.changed` for requesters. `end` says why there are no more. "
    "Their `id` is where to go on, at any replica.",
}
_POSITION_PARAMETER = {
    "in": "header",
    "name": _POSITION,
    "description": "The `id` of the last event that was heard; browsers send it by themselves.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
    "required": False,
}


@blueprint.operation("GET", "/live", parameters=[_POSITION_PARAMETER])
@requires("session.own")
@blueprint.arguments(LiveQuery, location="query")
@blueprint.response(200, _STREAM, content_type=_TYPE)
def listen(wanted: dict[str, Any]) -> Response:
    """What happens to tickets that the caller may see, and what the caller is told."""
    who = caller()
    holder = Holder(who, request.remote_addr or "")
    return _answer(holder, Viewer.of(who.actor), wanted)


@blueprint.operation("GET", "/requests/live", parameters=[_POSITION_PARAMETER])
@requires("request.own")
@blueprint.arguments(LiveQuery, location="query")
@blueprint.response(200, _STREAM, content_type=_TYPE)
def listen_to_requests(wanted: dict[str, Any]) -> Response:
    """What happens in public to the caller's own requests."""
    who = caller()
    holder = Holder(who, request.remote_addr or "", "request.own", is_requester=True)
    return _answer(holder, Viewer.of(requester_actor(who)), wanted)


def _answer(holder: Holder, viewer: Viewer, wanted: dict[str, Any]) -> Response:
    wait = wanted.get("wait")
    beginning = begin(parts().lookups, viewer, _position(wanted))
    has_news = wait is not None and beginning.has_updates
    # Where the server keeps its sockets the client has to come again, as after any end.
    if wait == 0 or has_news or not can_take(request.environ):
        return Response(beginning.text, content_type=_TYPE, headers=_HEADERS)
    return _stream(holder, viewer, beginning, wait)


def _stream(holder: Holder, viewer: Viewer, beginning: Beginning, wait: int | None) -> Response:
    hub, who = parts().live, holder.caller
    hub.reserve(who.person_id)
    until = None if wait is None else time.monotonic() + wait
    stream = Stream(holder, viewer, beginning.position, until)
    body = Endless(
        request.environ,
        beginning.text,
        take_over=lambda taken: hub.attach(stream, taken),
        leave=lambda: hub.release(who.person_id),
    )
    return Response(body, content_type=_TYPE, headers=_HEADERS)


def _position(wanted: dict[str, Any]) -> int | None:
    """Raises InvalidInput for a header that holds no position."""
    told = request.headers.get(_POSITION)
    if not told:
        after: int | None = wanted.get("after")
        return after
    if not (told.isascii() and told.isdecimal() and len(told) <= 18):
        raise field_error(_POSITION, "must be the id of an event")
    return int(told)
