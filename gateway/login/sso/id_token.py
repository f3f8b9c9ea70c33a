"""Whether an ID token says what it must (OpenID Connect Core 1.0, section 3.1.3.7)."""

from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from gateway.login.sso.provider import Provider
from libs.common.errors import Unauthenticated

# Signatures that only the provider can make. Never `none`, and none with a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519")
_LEEWAY = 60  # seconds between the two clocks


def read_id_token(
    provider: Provider, tokens: dict[str, Any], nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims; raises Unauthenticated unless the token is the provider's, for us, and fresh.

    Checked: signature by the provider's keys, iss, aud, azp, exp, nbf, iat, nonce, at_hash.
    """
    text = tokens.get("id_token")
    if not isinstance(text, str):
        raise _refused("it sent no ID token")
    sso = provider.sso
    try:
        token = _verify(provider, text)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": sso.issuer},
                "aud": {"essential": True, "value": sso.client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": nonce,
                "client_id": sso.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused(f"its ID token is not valid ({type(error).__name__})") from error
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise _refused("its ID token names nobody")
    return dict(claims)


def _verify(provider: Provider, text: str) -> jwt.Token:
    try:
        return jwt.decode(text, _key_set(provider.keys()), ALGORITHMS)
    except InvalidKeyIdError:
        # The provider has changed its keys since we asked for them.
        return jwt.decode(text, _key_set(provider.keys(newer=True)), ALGORITHMS)


def _key_set(found: dict[str, Any]) -> KeySet:
    return KeySet.import_key_set({"keys": found["keys"]})


def _refused(why: str) -> Unauthenticated:
    return Unauthenticated("sso.refused", f"the sign-on service's answer is not accepted: {why}")
