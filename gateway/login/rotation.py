"""New tokens for a session whose rights have changed: a stolen one of before is worth nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.auth.caller import Caller
from gateway.login.desk import LoginDesk
from gateway.login.refresh import RefreshGrant, renew
from gateway.storage.sessions import LoginSession
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.errors import Unauthenticated


@dataclass(frozen=True)
class Rotated:
    """Shown only now; a browser's session has no refresh token."""

    token: str
    refresh: RefreshGrant | None


def rotate(session: Session, desk: LoginDesk, who: Caller, **changes: Any) -> Rotated:
    """The caller's session goes on with new tokens and these changes of its row.

    Raises Unauthenticated if it has ended meanwhile.
    """
    own = select(LoginSession).where(
        LoginSession.session_id == who.credential_id, LoginSession.revoked_at.is_(None)
    )
    row = session.scalar(own.with_for_update())
    if row is None:
        raise Unauthenticated("session.ended", "the session has ended or never was")
    for name, value in changes.items():
        setattr(row, name, value)
    if row.kind == "bearer":
        renewed = renew(session, row, desk.now, desk.settings.sessions)
        return Rotated(renewed.token, renewed.refresh)
    token = new_token("td")
    row.token_hash = hash_token(token)
    session.flush()
    return Rotated(token, None)
