"""Logging in with an app: a bearer token that is refreshed."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import public
from gateway.auth.sessions import find_caller
from gateway.blueprint import ApiBlueprint
from gateway.login.answers import answer_with_tokens, person_view, tokens_view
from gateway.login.desk import login_desk
from gateway.login.opening import Wish
from gateway.login.password_login import log_in
from gateway.login.refresh import refresh
from gateway.login.second_factor import FactorCode
from gateway.login.second_step import answer_second_factor
from gateway.parts import parts
from gateway.resources.session import claim_of
from gateway.schemas.session import RefreshRequest, SecondFactorAnswer, Token, TokenRequest
from libs.common.errors import Unauthenticated

blueprint = ApiBlueprint("tokens", __name__, description="Tokens for apps")


@blueprint.operation("POST", "/tokens", errors=(401, 403, 429))
@public
@blueprint.arguments(TokenRequest)
@blueprint.response(201, Token)
def create_token(login: dict[str, Any]) -> Response:
    """Log in an app; its token is good for an hour and refreshed with the other one."""
    desk = login_desk()
    found = log_in(desk, claim_of(login), Wish("bearer", login.get("name")))
    return answer_with_tokens(desk, found)


@blueprint.operation("POST", "/tokens/second-factor", errors=(401, 403, 429))
@public
@blueprint.arguments(SecondFactorAnswer)
@blueprint.response(201, Token)
def create_token_with_second_factor(given: dict[str, str]) -> Response:
    """The second step: a code of the authenticator app, or a recovery code."""
    desk, challenge = login_desk(), given.pop("challenge")
    found = answer_second_factor(desk, challenge, FactorCode(**given), "bearer")
    return answer_with_tokens(desk, found)


@blueprint.operation("POST", "/tokens/refresh", errors=(401, 429))
@public
@blueprint.arguments(RefreshRequest)
@blueprint.response(200, Token)
def refresh_token(given: dict[str, str]) -> Response:
    """New tokens for the newest refresh token, which is used up. One that comes twice ends all.

    Only within ten seconds, and before anything of the answer was used, the same request may be
    repeated; an app refreshes one request at a time.
    """
    desk = login_desk()
    renewed = refresh(desk, given["refresh_token"])
    who = find_caller(parts().lookups, parts().rights, renewed.token, desk.now, desk.settings)
    if who is None:
        raise Unauthenticated("session.ended", "the session has ended or never was")
    granted = renewed.refresh
    tokens = tokens_view(renewed.token, who, granted.token, granted.ends_at)
    return answer({**tokens, "person": person_view(who)})
