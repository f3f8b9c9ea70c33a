"""What somebody who has logged in gets: the session in words, its cookie or its tokens."""

from typing import Any

from flask import Response, request

from gateway.answers import answer
from gateway.auth.caller import Caller
from gateway.auth.guard import COOKIE
from gateway.auth.roles import is_inside
from gateway.auth.sessions import find_caller, revoke_session
from gateway.login.desk import DEVICE_COOKIE, LoginDesk
from gateway.login.devices import LASTS, known_device, mark_device
from gateway.login.opening import Asked, Entered
from gateway.login.rotation import Rotated
from gateway.parts import parts
from libs.common.errors import Forbidden, Unauthenticated


def answer_with_cookie(desk: LoginDesk, found: Entered | Asked) -> Response:
    """The session and its cookie; raises Unauthenticated `second_factor.required`, Forbidden."""
    entered = _demand_entered(found)
    who = _caller_of(desk, entered)
    response = answer(session_view(who))
    set_cookies(response, desk, entered)
    return response


def answer_with_tokens(desk: LoginDesk, found: Entered | Asked) -> Response:
    """The tokens of an app; raises Unauthenticated `second_factor.required`, Forbidden."""
    entered = _demand_entered(found)
    assert entered.refresh is not None
    who = _caller_of(desk, entered)
    tokens = tokens_view(entered.token, who, entered.refresh.token, entered.refresh.ends_at)
    return answer({**tokens, "person": person_view(who)}, 201)


def answer_rotated(desk: LoginDesk, rotated: Rotated, more: dict[str, Any]) -> Response:
    """The caller's session after its tokens have changed: a browser gets its new cookie."""
    who = find_caller(parts().lookups, parts().rights, rotated.token, desk.now, desk.settings)
    if who is None:
        raise Unauthenticated("session.ended", "the session has ended or never was")
    body = {**session_view(who), **more}
    if rotated.refresh is not None:
        refresh = rotated.refresh
        body["tokens"] = tokens_view(rotated.token, who, refresh.token, refresh.ends_at)
    response = answer(body)
    if rotated.refresh is None:
        _set_session_cookie(response, desk, rotated.token)
    return response


def set_cookies(response: Response, desk: LoginDesk, entered: Entered) -> None:
    """The session's, and the one by which this browser is known next time."""
    _set_session_cookie(response, desk, entered.token)
    index, login = desk.sealing.index, entered.account.login
    if known_device(index, desk.origin.device, login) is None:
        response.set_cookie(
            DEVICE_COOKIE,
            mark_device(index, login),
            max_age=int(LASTS.total_seconds()),
            path="/api/v1/session",
            secure=request.is_secure,
            httponly=True,
            samesite="Strict",
        )


def session_view(who: Caller) -> dict[str, Any]:
    """Who is logged in, until when, what they may do, and what they have to do first."""
    return {
        "person": person_view(who),
        "permissions": sorted(who.permissions),
        "expires_at": who.expires_at,
        "must_change_password": who.must_change_password,
        "must_enrol": who.must_enrol,
    }


def person_view(who: Caller) -> dict[str, Any]:
    """The person of a session."""
    return {
        "person_id": who.person_id,
        "login": who.login,
        "name": who.name,
        "role": who.role.key,
        "role_name": {"zh": who.role.name_zh, "en": who.role.name_en},
        "language": who.language,
    }


def tokens_view(token: str, who: Caller, refresh_token: str, ends_at: Any) -> dict[str, Any]:
    """An app's tokens."""
    return {
        "token": token,
        "expires_at": who.expires_at,
        "refresh_token": refresh_token,
        "refresh_expires_at": ends_at,
    }


def _demand_entered(found: Entered | Asked) -> Entered:
    if isinstance(found, Asked):
        details = {"challenge": found.challenge, "expires_at": found.expires_at}
        message = "send a code of the authenticator app, or a recovery code"
        raise Unauthenticated("second_factor.required", message, details)
    return found


def _caller_of(desk: LoginDesk, entered: Entered) -> Caller:
    who = find_caller(parts().lookups, parts().rights, entered.token, desk.now, desk.settings)
    assert who is not None, "the session was opened a moment ago"
    if not is_inside(desk.origin.address, who.allowed_networks):
        with desk.database.begin(request_id=desk.request_id) as uow:
            revoke_session(uow.session, entered.session_id, desk.now)
            uow.commit()
        raise Forbidden("address.not_allowed", "this may not be used from your address")
    return who


def _set_session_cookie(response: Response, desk: LoginDesk, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(desk.settings.sessions.lifetime.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
