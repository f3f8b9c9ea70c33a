"""Logging in and out: a cookie for the console, a bearer token for apps."""

from typing import Any

from flask import Response, request

from gateway.answers import answer, nothing
from gateway.auth.access import public, requires
from gateway.auth.csrf import refuse_foreign_site
from gateway.auth.guard import COOKIE, caller
from gateway.auth.login import Attempt, log_in
from gateway.auth.sessions import LIFETIMES, Caller, find_caller, revoke_session
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.schemas.session import Login, Session, Token, TokenRequest

blueprint = ApiBlueprint("session", __name__, description="Logging in and out")


@blueprint.operation("POST", "/session", errors=(401, 403, 429))
@public
@blueprint.arguments(Login)
@blueprint.response(200, Session, headers={"Set-Cookie": {"schema": {"type": "string"}}})
def log_in_with_cookie(login: dict[str, str]) -> Response:
    """Log in; sets the session's cookie."""
    # The cookie that a login sets must not be planted by another site either.
    refuse_foreign_site(request)
    opened, token = _log_in(login, "cookie")
    response = answer(_session(opened))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIMES["cookie"].total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response


@blueprint.operation("GET", "/session")
@requires("session.own")
@blueprint.response(200, Session)
def get_session() -> Response:
    """Who is logged in, until when, and what they may do."""
    return answer(_session(caller()))


@blueprint.operation("DELETE", "/session")
@requires("session.own")
@blueprint.response(204)
def log_out() -> Response:
    """End the session, cookie or token."""
    with parts().database.begin() as uow:
        revoke_session(uow.session, caller().session_id, parts().clock())
        uow.commit()
    response = nothing()
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return response


@blueprint.operation("POST", "/tokens", errors=(401, 429))
@public
@blueprint.arguments(TokenRequest)
@blueprint.response(201, Token)
def create_token(login: dict[str, str]) -> Response:
    """Log in an app; the answer holds a bearer token for 30 days."""
    opened, token = _log_in(login, "bearer")
    body = {"token": token, "expires_at": opened.expires_at, "person": _person(opened)}
    return answer(body, 201)


def _log_in(login: dict[str, str], kind: str) -> tuple[Caller, str]:
    now = parts().clock()
    attempt = Attempt(
        **login,
        address=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", ""),
    )
    token = log_in(parts().database, attempt, kind, now)
    opened = find_caller(parts().lookups, token, now)
    assert opened is not None, "the session was opened in the line before last"
    return opened, token


def _session(who: Caller) -> dict[str, Any]:
    return {
        "person": _person(who),
        "permissions": sorted(who.role.permissions),
        "expires_at": who.expires_at,
    }


def _person(who: Caller) -> dict[str, Any]:
    return {
        "person_id": who.person_id,
        "login": who.login,
        "name": who.name,
        "role": who.role_name,
        "language": who.language,
    }
