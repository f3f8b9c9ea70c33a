"""Sweeps what logging in leaves behind; each call a few rows of each kind, nobody waits for it."""

from datetime import datetime, timedelta

from sqlalchemy import text

from gateway.auth.throttle import forget_old_failures
from gateway.login.captchas import forget_old_captchas
from gateway.login.challenges import forget_old_challenges
from gateway.login.code_requests import forget_old_requests
from libs.common.database.unit_of_work import Database

_MOST = 1_000
_SSO = text(
    "DELETE FROM sso_logins WHERE state_hash IN (SELECT state_hash FROM sso_logins "
    "WHERE expires_at < :now LIMIT :most FOR UPDATE SKIP LOCKED)"
)
# A used token is kept to be recognised for as long as thieves usually need.
_USED_TOKENS_KEPT = timedelta(days=30)
_REFRESH = text(
    "DELETE FROM refresh_tokens WHERE token_hash IN (SELECT token_hash FROM refresh_tokens "
    "WHERE used_at < :before LIMIT :most FOR UPDATE SKIP LOCKED)"
)


def sweep_logins(database: Database, now: datetime) -> bool:
    """Whether there is more of it."""
    before = now - _USED_TOKENS_KEPT
    with database.begin() as uow:
        session = uow.session
        gone = (
            forget_old_failures(session, now, _MOST),
            forget_old_captchas(session, now, _MOST),
            forget_old_challenges(session, now, _MOST),
            forget_old_requests(session, now, _MOST),
            session.execute(_SSO, {"now": now, "most": _MOST}).rowcount,  # type: ignore[attr-defined]
            session.execute(_REFRESH, {"before": before, "most": _MOST}).rowcount,  # type: ignore[attr-defined]
        )
        uow.commit()
    return max(gone) >= _MOST
