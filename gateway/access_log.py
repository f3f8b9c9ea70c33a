"""One line per request: who asked for which route, and how it ended. No query, no bodies.

The console's own files are told at DEBUG unless they fail: one page is dozens of them.
"""

import logging
import time
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import Gauge, Histogram

from gateway.request_ids import request_id

_log = logging.getLogger("gateway.access")
_seconds = Histogram(
    "tidedesk_request_seconds",
    "REST requests",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_under_way = Gauge("tidedesk_requests_under_way", "REST requests being answered")


def install_access_log(app: Flask) -> None:
    """Measure and log every request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _begin() -> None:
    g.began_at = time.perf_counter()
    _under_way.inc()


def _leave(_error: BaseException | None) -> None:
    if "began_at" in g:
        _under_way.dec()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.began_at
    route = request.url_rule.rule if request.url_rule else "unknown"
    # Clients may send words of their own: each would be kept for ever.
    method = request.method if request.method in _METHODS else "other"
    _seconds.labels(method, route, response.status_code).observe(seconds)
    is_file = request.blueprint == "pages" and response.status_code < 400
    level = logging.DEBUG if is_file else logging.INFO
    if _log.isEnabledFor(level):
        _log.log(level, "%s %s", request.method, route, extra=_facts(response, seconds))
    return response


def _facts(response: Response, seconds: float) -> dict[str, Any]:
    who = g.get("caller")
    facts = {
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "bytes": response.content_length,
        "request_id": request_id(),
        "person_id": str(who.person_id) if who else None,
        "ticket": (request.view_args or {}).get("number"),
        "address": request.remote_addr,
    }
    return {name: value for name, value in facts.items() if value is not None}
