"""There and back: what the browser is sent away with, and what must be true when it returns.

The browser keeps one random value in a cookie of ten minutes. State binds the way back to it; nonce
and PKCE verifier (RFC 7636) are derived from both, so that our database never holds them.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import delete

from gateway.login.desk import LoginDesk
from gateway.login.opening import Asked, Entered, Proof, Wish, let_in
from gateway.login.sso.id_token import read_id_token
from gateway.login.sso.identities import find_person
from gateway.login.sso.provider import Provider
from gateway.storage.login import SsoLogin
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.errors import Unauthenticated

VALID_FOR = timedelta(minutes=10)
_SCOPE = "openid profile email"
_BROWSER = re.compile(r"tdb_[A-Za-z0-9_-]{43}")
# A path of our own: `//elsewhere`, backslashes and full addresses would lead away.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,499}")


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and what it keeps until it is back."""

    location: str
    browser: str


@dataclass(frozen=True)
class Return:
    """Who has come back, and the page that was wanted."""

    found: Entered | Asked
    next_path: str


def depart(
    desk: LoginDesk, provider: Provider, redirect_uri: str, wanted: str, browser: str | None
) -> Departure:
    """Raises Unavailable if the provider cannot be asked where to."""
    # Kept if it has one: a second tab must not spoil the first one's way back.
    browser = browser if browser and _BROWSER.fullmatch(browser) else new_token("tdb")
    state = new_token("tds")
    location = add_params_to_uri(
        provider.metadata()["authorization_endpoint"],
        [
            ("response_type", "code"),
            ("client_id", provider.sso.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", _SCOPE),
            ("state", state),
            ("nonce", _derived(browser, state, "nonce")),
            ("code_challenge", create_s256_code_challenge(_derived(browser, state, "verifier"))),
            ("code_challenge_method", "S256"),
        ],
    )
    with desk.database.begin(request_id=desk.request_id) as uow:
        row = SsoLogin(
            state_hash=hash_token(state),
            browser_hash=hash_token(browser),
            next_path=own_path(wanted),
            expires_at=desk.now + VALID_FOR,
        )
        uow.session.add(row)
        uow.commit()
    return Departure(location, browser)


def arrive(
    desk: LoginDesk,
    provider: Provider,
    redirect_uri: str,
    brought: Mapping[str, str],
    browser: str | None,
) -> Return:
    """Raises Unauthenticated for whatever does not fit, Unavailable if the provider is silent."""
    state = brought.get("state", "")
    next_path = _use_state(desk, state, browser or "")
    # RFC 9207: an answer of another provider is not for us.
    if brought.get("iss", provider.sso.issuer) != provider.sso.issuer:
        raise Unauthenticated("sso.refused", "the answer comes from another sign-on service")
    if "error" in brought or not brought.get("code"):
        raise Unauthenticated("sso.denied", "the sign-on service has not let this person in")
    verifier = _derived(browser or "", state, "verifier")
    tokens = provider.exchange(brought["code"], verifier, redirect_uri)
    claims = _claims(desk, provider, tokens, _derived(browser or "", state, "nonce"))
    with desk.database.begin(request_id=desk.request_id) as uow:
        account = find_person(uow, desk, provider.sso, claims)
        has_second_factor = "mfa" in (claims.get("amr") or ())  # RFC 8176
        proof = Proof(account, "sso", has_second_factor=has_second_factor)
        found = let_in(uow, desk, proof, Wish("cookie"))
        uow.commit()
    return Return(found, next_path)


def own_path(wanted: str) -> str:
    """The path, or the first page where it is none of ours."""
    return wanted if _OWN_PATH.fullmatch(wanted) else "/"


def _use_state(desk: LoginDesk, state: str, browser: str) -> str:
    """The page that was wanted; the state is good once, in one browser."""
    with desk.database.begin(request_id=desk.request_id) as uow:
        own = delete(SsoLogin).where(
            SsoLogin.state_hash == hash_token(state),
            SsoLogin.browser_hash == hash_token(browser),
            SsoLogin.expires_at > desk.now,
        )
        next_path = uow.session.execute(own.returning(SsoLogin.next_path)).scalar_one_or_none()
        uow.commit()
    if next_path is None:
        raise Unauthenticated("sso.state_unknown", "this login was not begun here, or is over")
    return next_path


def _claims(
    desk: LoginDesk, provider: Provider, tokens: dict[str, Any], nonce: str
) -> dict[str, Any]:
    """The ID token's, and what only the userinfo endpoint tells."""
    claims = read_id_token(provider, tokens, nonce, desk.now)
    access_token = tokens.get("access_token")
    if claims.get(provider.sso.login_claim) is None and isinstance(access_token, str):
        told = provider.userinfo(access_token)
        # OpenID Connect Core 1.0, 5.3.2: otherwise it may be about somebody else.
        if told.get("sub") == claims["sub"]:
            claims = {**told, **claims}
    return claims


def _derived(browser: str, state: str, purpose: str) -> str:
    """43 characters that follow from the browser's secret, and tell nothing of it."""
    key = browser.encode("utf-8", "surrogateescape")
    digest = hmac.digest(key, f"{purpose}:{state}".encode("utf-8", "surrogateescape"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
