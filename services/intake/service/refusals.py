"""Logs whom the door has turned away: which resource, why, from where. No key, no body."""

import logging
from typing import Any

import orjson
from flask import Flask, Response, request

from services.intake.service.problems import request_id

_log = logging.getLogger("intake.door")
# Somebody without a good key, or from where the key may not be used.
_ALARMING = {401, 403}


def log_refusals(app: Flask) -> None:
    """From 400 on; what is taken in stands in the database with its sender's address."""
    app.after_request(_note)


def _note(answer: Response) -> Response:
    if answer.status_code >= 400:
        level = logging.WARNING if answer.status_code in _ALARMING else logging.INFO
        # The rule and not the path: in a form's path stands its key.
        rule = request.url_rule.rule if request.url_rule else "unknown"
        _log.log(level, "refused %s %s", request.method, rule, extra=_facts(answer))
    return answer


def _facts(answer: Response) -> dict[str, Any]:
    is_problem = answer.mimetype == "application/problem+json"
    problem = orjson.loads(answer.get_data()) if is_problem else {}
    return {
        "status": answer.status_code,
        "code": problem.get("code"),
        "address": request.remote_addr,
        "request_id": request_id(),
    }
