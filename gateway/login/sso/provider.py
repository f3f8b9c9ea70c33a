"""The OpenID provider as we know it: metadata and keys, fetched when needed and kept a while."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.auth import ClientAuth

from gateway.login.settings import Sso
from libs.common.errors import Unauthenticated, Unavailable
from libs.common.http import OutboundFailed, OutboundHttp, OutboundRefused, OutboundResponse

_KEPT = 3600.0  # seconds
# An unknown key is looked for again, but not by everybody who sends us nonsense.
_KEYS_AGAIN_AFTER = 10.0
_TIMEOUT = 8.0
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True)
class _Fetched:
    value: dict[str, Any]
    at: float


class Provider:
    """One process's; safe between threads. Whatever it does not answer is Unavailable."""

    def __init__(
        self, sso: Sso, http: OutboundHttp, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.sso = sso
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: _Fetched | None = None
        self._keys: _Fetched | None = None

    def metadata(self) -> dict[str, Any]:
        """What OpenID Connect Discovery 1.0, section 4, tells; raises Unavailable."""
        with self._lock:
            if self._metadata is None or self._age(self._metadata) > _KEPT:
                self._metadata = _Fetched(self._discover(), self._clock())
            return self._metadata.value

    def keys(self, *, newer: bool = False) -> dict[str, Any]:
        """The provider's public keys (JWKS); `newer`: the known ones were not enough."""
        address = self.metadata()["jwks_uri"]
        with self._lock:
            oldest = _KEYS_AGAIN_AFTER if newer else _KEPT
            if self._keys is None or self._age(self._keys) > oldest:
                self._keys = _Fetched(_json(self._ask("GET", address)), self._clock())
            return self._keys.value

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The tokens for a code (RFC 6749, 4.1.3); raises Unauthenticated where it is refused."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        address, headers, body = ClientAuth(
            self.sso.client_id, self.sso.client_secret, self._auth_method()
        ).prepare("POST", self.metadata()["token_endpoint"], dict(_FORM), urlencode(fields))
        answer = self._ask("POST", address, headers, body.encode())
        if 400 <= answer.status < 500:
            raise Unauthenticated("sso.refused", "the sign-on service does not know this code")
        return _json(answer)

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """More about the person, where the provider has such an endpoint."""
        address = self.metadata().get("userinfo_endpoint")
        if not address:
            return {}
        return _json(self._ask("GET", address, {"Authorization": f"Bearer {access_token}"}))

    def _auth_method(self) -> str:
        if not self.sso.client_secret:
            return "none"
        # Without a word of the provider: basic (OpenID Connect Discovery 1.0, section 3).
        known = self.metadata().get("token_endpoint_auth_methods_supported")
        methods = known or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"

    def _discover(self) -> dict[str, Any]:
        address = f"{self.sso.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = _json(self._ask("GET", address))
        if found.get("issuer") != self.sso.issuer:
            raise _unavailable("it says to be another issuer")
        if not all(_is_address(found.get(name)) for name in _NEEDED):
            raise _unavailable("its metadata is incomplete")
        return found

    def _ask(
        self,
        method: str,
        address: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> OutboundResponse:
        try:
            answer = self._http.request(
                method,
                address,
                headers=headers,
                body=body,
                timeout=_TIMEOUT,
                max_redirects=0,
                purpose="sso",
            )
        except (OutboundFailed, OutboundRefused) as trouble:
            raise _unavailable(str(trouble)) from trouble
        if answer.status >= 500:
            raise _unavailable(f"it answered {answer.status}")
        return answer

    def _age(self, fetched: _Fetched) -> float:
        return self._clock() - fetched.at


def _json(answer: OutboundResponse) -> dict[str, Any]:
    try:
        found = answer.json() if answer.is_ok else None
    except OutboundFailed:
        found = None
    if not isinstance(found, dict):
        raise _unavailable(f"it answered {answer.status} and no JSON object")
    return found


def _is_address(value: object) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https")


def _unavailable(why: str) -> Unavailable:
    return Unavailable("sso.unavailable", f"the sign-on service is unavailable: {why}")
