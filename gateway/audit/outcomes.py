"""How an action ended, as its answer tells it."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from gateway.audit.detail import dump_detail
from gateway.audit.entry import Entry
from gateway.problem_type import PROBLEM_TYPE

# A commit whose answer was lost may have happened.
_UNKNOWN = frozenset({"database.unavailable"})
# Nothing was carried out.
_REFUSED = frozenset({"audit.unavailable"})


def outcome_facts(intent: Entry, response: Response, told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that an outcome adds to its intent.

    `told` is what the view or the service left for the log: {object, before, after}.
    """
    problem = _problem(response)
    asked = orjson.loads(intent["detail"]) if intent["detail"] else {}
    detail = {**asked, **{name: told[name] for name in ("before", "after") if told.get(name)}}
    if code := problem.get("code"):
        detail["code"] = code
    return {
        "status": response.status_code,
        "outcome": _outcome(response.status_code, problem),
        "detail": dump_detail(detail),
        **_object(intent, told.get("object"), response.headers.get("Location")),
    }


def _outcome(status: int, problem: Mapping[str, Any]) -> str:
    code = problem.get("code")
    if status < 400:
        return "done"
    if status < 500 or code in _REFUSED:
        return "refused"
    return "unknown" if problem.get("outcome") == "unknown" or code in _UNKNOWN else "failed"


def _object(intent: Entry, told: Any, location: str | None) -> dict[str, Any]:
    """What the action was about: as told, else as asked for, else what it made."""
    if isinstance(told, Mapping):
        return {"object_kind": str(told["kind"]), "object_id": str(told["id"])}
    if told is not None:
        return {"object_id": str(told)}
    if intent["object_id"] is None and location:
        return {"object_id": location.rstrip("/").rpartition("/")[2]}
    return {}


def _problem(response: Response) -> Mapping[str, Any]:
    if response.mimetype != PROBLEM_TYPE:
        return {}
    problem: Mapping[str, Any] = orjson.loads(response.get_data())
    return problem
