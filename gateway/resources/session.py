"""Logging in and out with a browser: the session is a cookie."""

from typing import Any

from flask import Response, request

from gateway.answers import answer, nothing
from gateway.auth.access import open_to_newcomers, public, requires
from gateway.auth.csrf import refuse_foreign_site
from gateway.auth.guard import COOKIE, caller
from gateway.auth.sessions import revoke_session
from gateway.blueprint import ApiBlueprint
from gateway.login.answers import answer_with_cookie, session_view
from gateway.login.challenges import VALID_FOR
from gateway.login.desk import login_desk
from gateway.login.opening import Wish
from gateway.login.password_login import CaptchaAnswer, Claim, log_in
from gateway.login.second_factor import FactorCode
from gateway.login.second_step import answer_second_factor
from gateway.login.sms_login import Addressee, answer_code, ask_for_code
from gateway.parts import parts
from gateway.schemas.session import (
    Challenge,
    CodeAnswer,
    Login,
    LoginOptions,
    SecondFactorAnswer,
    Session,
    SmsCodeRequest,
)
from libs.common.errors import NotFound

blueprint = ApiBlueprint("session", __name__, description="Logging in and out")

_COOKIE_HEADER = {"Set-Cookie": {"schema": {"type": "string"}}}
_BROWSER = Wish("cookie")


@blueprint.operation("GET", "/login-options")
@public
@blueprint.response(200, LoginOptions)
def get_login_options() -> Response:
    """What the login page offers here."""
    settings = parts().login
    sso = {"label": settings.sso.label} if settings.sso else None
    least = settings.passwords.min_length
    return answer({"sms": settings.has_sms, "sso": sso, "password_min_length": least})


@blueprint.operation("POST", "/session", errors=(401, 403, 429))
@public
@blueprint.arguments(Login)
@blueprint.response(200, Session, headers=_COOKIE_HEADER)
def log_in_with_cookie(login: dict[str, Any]) -> Response:
    """Log in; sets the session's cookie. 401 second_factor.required asks for the second step."""
    # The cookie that a login sets must not be planted by another site either.
    refuse_foreign_site(request)
    desk = login_desk()
    return answer_with_cookie(desk, log_in(desk, claim_of(login), _BROWSER))


@blueprint.operation("POST", "/session/second-factor", errors=(401, 403, 429))
@public
@blueprint.arguments(SecondFactorAnswer)
@blueprint.response(200, Session, headers=_COOKIE_HEADER)
def log_in_with_second_factor(given: dict[str, str]) -> Response:
    """The second step: a code of the authenticator app, or a recovery code."""
    refuse_foreign_site(request)
    desk, challenge = login_desk(), given.pop("challenge")
    found = answer_second_factor(desk, challenge, FactorCode(**given), "cookie")
    return answer_with_cookie(desk, found)


@blueprint.operation("POST", "/session/sms-codes", errors=(401, 403, 404, 429))
@public
@blueprint.arguments(SmsCodeRequest)
@blueprint.response(202, Challenge)
def send_login_code(wanted: dict[str, Any]) -> Response:
    """Send a code to a verified phone. The answer is the same where nobody has it."""
    refuse_foreign_site(request)
    if not parts().login.has_sms:
        raise NotFound("sms.not_configured", "nobody logs in by SMS here")
    addressee = Addressee(wanted.get("login"), wanted.get("phone"))
    challenge = ask_for_code(login_desk(), addressee, captcha_of(wanted))
    return answer(challenge_view(challenge), 202)


@blueprint.operation("POST", "/session/sms", errors=(401, 403, 429))
@public
@blueprint.arguments(CodeAnswer)
@blueprint.response(200, Session, headers=_COOKIE_HEADER)
def log_in_with_sms(given: dict[str, str]) -> Response:
    """Log in with the code that was sent."""
    refuse_foreign_site(request)
    desk = login_desk()
    return answer_with_cookie(desk, answer_code(desk, given["challenge"], given["code"]))


@blueprint.operation("GET", "/session")
@open_to_newcomers
@requires("session.own")
@blueprint.response(200, Session)
def get_session() -> Response:
    """Who is logged in, until when, and what they may do."""
    return answer(session_view(caller()))


@blueprint.operation("DELETE", "/session")
@open_to_newcomers
@requires("session.own")
@blueprint.response(204)
def log_out() -> Response:
    """End the session, cookie or token."""
    with parts().database.begin() as uow:
        revoke_session(uow.session, caller().credential_id, parts().clock())
        uow.commit()
    response = nothing()
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return response


def claim_of(login: dict[str, Any]) -> Claim:
    """What was typed."""
    return Claim(login["login"], login["password"], captcha_of(login))


def captcha_of(body: dict[str, Any]) -> CaptchaAnswer | None:
    """The captcha's answer, if one came along."""
    return CaptchaAnswer(**body["captcha"]) if "captcha" in body else None


def challenge_view(challenge: str) -> dict[str, Any]:
    """A challenge that waits for a code."""
    return {"challenge": challenge, "valid_seconds": int(VALID_FOR.total_seconds())}
