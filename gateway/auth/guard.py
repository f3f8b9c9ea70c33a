"""Lets a request in: finds the caller of its token and checks what the route requires."""

from flask import Flask, Request, current_app, g, request

from gateway.auth.access import PUBLIC, permission_of
from gateway.auth.csrf import refuse_forged
from gateway.auth.sessions import Caller, find_caller
from gateway.parts import parts
from libs.common.errors import Forbidden, Unauthenticated

COOKIE = "tidedesk_session"


def install_guard(app: Flask) -> None:
    """Check every request before its arguments are looked at."""
    app.before_request(_let_in)


def caller() -> Caller:
    """The person who sent the present request; only on routes that require a permission."""
    found: Caller = g.caller
    return found


def demand(permission: str) -> None:
    """Raise Forbidden unless the caller has a permission beyond the route's own."""
    if permission not in caller().role.permissions:
        raise Forbidden("permission.missing", f"this needs the permission {permission}")


def _let_in() -> None:
    if request.endpoint is None:
        return  # no such route: routing has its own answer
    permission = permission_of(current_app.view_functions[request.endpoint])
    if permission == PUBLIC:
        return
    g.caller = _identify(request)
    if permission is None:
        raise Forbidden("permission.missing", "nobody may use this")
    demand(permission)


def _identify(request: Request) -> Caller:
    """The caller by bearer token, else by cookie; raises Unauthenticated or Forbidden."""
    token, kind = _bearer(request), "bearer"
    if token is None:
        token, kind = request.cookies.get(COOKIE), "cookie"
    if not token:
        raise Unauthenticated("session.missing", "log in first")
    found = find_caller(parts().lookups, token, parts().clock())
    # A cookie's token is no bearer token, nor the reverse: each has its own protection.
    if found is None or found.kind != kind:
        raise Unauthenticated("session.ended", "the session has ended or never was")
    if kind == "cookie":
        refuse_forged(request)
    return found


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
