"""Lets a request in: finds the caller of its token and checks what the route requires."""

from flask import Flask, Request, current_app, g, request

from gateway.auth.access import PUBLIC, is_open_to_newcomers, permission_of
from gateway.auth.api_keys import PREFIX, find_key_caller
from gateway.auth.caller import Caller
from gateway.auth.csrf import CLIENT_HEADER, refuse_forged
from gateway.auth.limits import limit_address, limit_caller
from gateway.auth.roles import is_inside
from gateway.auth.sessions import find_caller
from gateway.parts import parts
from gateway.portal.sessions import PREFIX as PORTAL_PREFIX
from gateway.portal.sessions import find_customer
from libs.common.errors import Forbidden, Unauthenticated

COOKIE = "tidedesk_session"
PORTAL_COOKIE = "tidedesk_portal"
PORTAL_CLIENT = "portal"


def install_guard(app: Flask) -> None:
    """Check every request before its arguments are looked at."""
    app.before_request(_let_in)


def caller() -> Caller:
    """The person who sent the present request; only on routes that require a permission."""
    found: Caller = g.caller
    return found


def demand(permission: str) -> None:
    """Raise Forbidden unless the caller has a permission beyond the route's own."""
    if permission not in caller().permissions:
        raise Forbidden("permission.missing", f"this needs the permission {permission}")


def _let_in() -> None:
    if request.endpoint is None:
        return  # no such route: routing has its own answer
    view = current_app.view_functions[request.endpoint]
    permission = permission_of(view)
    if permission == PUBLIC:
        if request.path.startswith("/api/"):
            limit_address()
        return
    g.caller = _identify(request)
    limit_caller(g.caller)
    _refuse_elsewhere(g.caller)
    if permission is None:
        raise Forbidden("permission.missing", "nobody may use this")
    if not is_open_to_newcomers(view):
        _refuse_newcomers(g.caller)
    demand(permission)


def _refuse_newcomers(who: Caller) -> None:
    if who.must_change_password:
        raise Forbidden("password.change_required", "choose a password of your own first")
    if who.must_enrol:
        raise Forbidden("second_factor.enrolment_required", "set up an authenticator app first")


def _refuse_elsewhere(who: Caller) -> None:
    if not is_inside(request.remote_addr or "", who.allowed_networks):
        raise Forbidden("address.not_allowed", "this may not be used from your address")


def _identify(request: Request) -> Caller:
    """The caller by bearer token or API key, else by cookie; raises Unauthenticated or Forbidden.

    Whoever shows none that is valid counts as the address it comes from.
    """
    token, kind = _bearer(request), "bearer"
    if token is None:
        token, kind = request.cookies.get(_cookie_of(request)), "cookie"
    if not token:
        limit_address()
        raise Unauthenticated("session.missing", "log in first")
    found = _find(token)
    # A cookie's token is no bearer token, nor the reverse: each has its own protection.
    if found is None or (found.kind == "cookie") != (kind == "cookie"):
        limit_address()
        raise Unauthenticated("session.ended", "the session has ended or never was")
    if kind == "cookie":
        refuse_forged(request)
    return found


def _find(token: str) -> Caller | None:
    lookups, rights, now = parts().lookups, parts().rights, parts().clock()
    if token.startswith(f"{PREFIX}_"):
        return find_key_caller(lookups, rights, token, now, request.remote_addr or "")
    if token.startswith(f"{PORTAL_PREFIX}_"):
        return find_customer(lookups, rights, token, now)
    return find_caller(lookups, rights, token, now, parts().login)


def _cookie_of(request: Request) -> str:
    """One browser may hold a colleague's session and a customer's; the page says whose it is.

    A link, e.g. to a file, says nothing: there the colleague's goes first.
    """
    is_portal = request.headers.get(CLIENT_HEADER) == PORTAL_CLIENT
    return PORTAL_COOKIE if is_portal or COOKIE not in request.cookies else COOKIE


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
