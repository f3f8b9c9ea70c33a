"""Records what happens: every action of a logged-in caller, before and after it is carried out.

An action is an unsafe request unless its view is marked `@unrecorded`, or a safe one whose view is
marked `@recorded`. If its intent cannot be written it is refused with 503. Other facts, such as
logins, are told by `record_fact`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, has_request_context, request

from gateway.audit.detail import dump_detail
from gateway.audit.entry import NOBODY, Entry, Who, follow_up, make_entry
from gateway.audit.objects import object_of_route
from gateway.audit.outcomes import outcome_facts
from gateway.audit.recorder import Recorder
from gateway.audit.tail import add_entry, writer
from gateway.audit.watch import watch_action
from gateway.auth.access import permission_of
from gateway.auth.caller import Caller
from gateway.parts import EXTENSION, parts
from libs.common.clock import utc_now
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork

View = TypeVar("View", bound=Callable[..., Any])

_RECORDER = "tidedesk.recorder"
_RECORDED = "_is_recorded"
_UNRECORDED = "_is_unrecorded"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install_recording(app: Flask) -> None:
    """Record requests after they were let in and before their arguments are looked at."""
    app.before_request(_begin)
    app.after_request(_end)


def open_recording(app: Flask) -> None:
    """Record into the database of the application's parts."""
    app.extensions[_RECORDER] = Recorder(writer(app.extensions[EXTENSION].lookups))


def close_recording(app: Flask) -> None:
    """Write what is left; before the look-ups' pool is closed."""
    cast(Recorder, app.extensions[_RECORDER]).close()


def recorded(view: View) -> View:
    """A safe request that is an action all the same: reading the log, taking data away."""
    setattr(view, _RECORDED, True)
    return view


def unrecorded(view: View) -> View:
    """An unsafe request that is nobody's action: a console sends it by itself, all day long.

    Refused rights are recorded all the same.
    """
    setattr(view, _UNRECORDED, True)
    return view


def is_recorded(view: Callable[..., Any], method: str) -> bool:
    """Whether a request of that method to the view is an action."""
    if method in _SAFE:
        return hasattr(view, _RECORDED)
    return not hasattr(view, _UNRECORDED)


def record_fact(
    action: str,
    *,
    outcome: str = "done",
    person: Caller | Who | None = None,
    object_kind: str | None = None,
    object_id: object = None,
    detail: Mapping[str, Any] | None = None,
    status: int | None = None,
    uow: UnitOfWork | None = None,
) -> None:
    """Tell the log what is no ordinary action: `session.opened`, `session.refused` …

    Durable on return, or with `uow` as part of that transaction; raises Unavailable where it
    cannot be written. `person`: the request's caller unless given; `Who("nobody", login=…)` for
    somebody who is not known. Outside of requests `uow` and `person` are needed.
    """
    facts = {
        "outcome": outcome,
        "status": status,
        "object_kind": object_kind,
        "object_id": None if object_id is None else str(object_id),
        "detail": dump_detail(detail or {}),
        **(_place() if has_request_context() else {}),
    }
    entry = make_entry("fact", action, _who(person), _now(), **facts)
    if uow is not None:
        add_entry(uow, entry)
    else:
        _recorder().write(entry)


def _begin() -> None:
    if g.get("caller") is None or request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    if is_recorded(view, request.method):
        # Kept first: should the writing fail, the refusal is an outcome as well.
        g.action = _intent(view)
        _recorder().write(g.action)
        crash_point("after_intent")


def _end(response: Response) -> Response:
    intent = g.pop("action", None)
    if intent is None:
        if response.status_code == 403 and g.get("caller") is not None:
            _leave_refusal(response)
    elif response.is_streamed:
        # What a stream tells of itself is known at its end, perhaps because the client went away.
        finish = partial(_finish, intent, response, g.get("audit"), _recorder(), parts().clock)
        response.call_on_close(finish)
    else:
        outcome = _finish(intent, response, g.get("audit"), _recorder(), parts().clock)
        watch_action(parts().database, outcome, parts().clock())
    return response


def _finish(
    intent: Entry, response: Response, told: Any, to: Recorder, clock: Callable[[], Any]
) -> Entry:
    facts = outcome_facts(intent, response, told if isinstance(told, Mapping) else {})
    outcome = follow_up(intent, "outcome", clock(), facts)
    to.leave(outcome)
    return outcome


def _leave_refusal(response: Response) -> None:
    view = current_app.view_functions[request.endpoint or ""]
    entry = _intent(view) | {"phase": "fact"}
    _recorder().leave(entry | outcome_facts(entry, response, {}))


def _intent(view: Callable[..., Any]) -> Entry:
    arguments, who = request.view_args or {}, _who(None)
    rule = request.url_rule.rule if request.url_rule else ""
    kind, object_id = object_of_route(rule, arguments, who.id)
    return make_entry(
        "intent",
        view.__name__,
        who,
        _now(),
        permission=permission_of(view),
        object_kind=kind or None,
        object_id=object_id,
        detail=dump_detail(_asked(arguments)),
        **_place(),
    )


def _asked(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the address of the request says beyond its object."""
    path = dict(arguments) if len(arguments) > 1 else {}
    query = {} if request.method not in _SAFE else request.args.to_dict()
    return {name: value for name, value in (("path", path), ("query", query)) if value}


def _place() -> dict[str, Any]:
    return {
        "address": request.remote_addr,
        "user_agent": request.headers.get("User-Agent"),
        "request_id": g.get("request_id"),
    }


def _who(person: Caller | Who | None) -> Who:
    if isinstance(person, Who):
        return person
    found = person or (g.get("caller") if has_request_context() else None)
    return Who.of(found) if found else NOBODY


def _now() -> Any:
    return parts().clock() if has_request_context() else utc_now()


def _recorder() -> Recorder:
    return cast(Recorder, current_app.extensions[_RECORDER])
