"""One-time codes that prove an address; nobody learns from them which addresses are known."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from gateway.storage.portal import PortalChallenge
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.errors import Unauthenticated

VALID_FOR = timedelta(minutes=10)
_MOST_ATTEMPTS = 5
# To one address: at most one a minute and five an hour. What is beyond is not sent, silently.
_PAUSE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_MOST_PER_HOUR = 5
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('portal_codes:' || :key, 0))")


@dataclass(frozen=True)
class Claim:
    """Who says to be the owner of an address, and the ticket that was asked for."""

    customer_id: UUID
    contact_id: UUID
    name: str
    language: str
    number: str | None


def open_challenge(
    session: Session, contact_index: bytes, claim: Claim | None, language: str, now: datetime
) -> tuple[str, str, bool]:
    """(challenge, code, whether to send it).

    It is not to be sent when the address is nobody's, or has had enough codes lately; the
    challenge looks the same.
    """
    # Of many requests at once only one may be the first.
    session.execute(_LOCK, {"key": contact_index.hex()})
    has_had_enough = _has_had_enough(session, contact_index, now)
    challenge, code = new_token("tdp"), f"{secrets.randbelow(10**6):06}"
    known = claim if claim is not None and not has_had_enough else None
    session.add(
        PortalChallenge(
            challenge_hash=hash_token(challenge),
            contact_index=contact_index,
            code_hash=_code_hash(challenge, code),
            customer_id=known.customer_id if known else None,
            contact_id=known.contact_id if known else None,
            name=known.name if known else None,
            language=known.language if known else language,
            number=known.number if known else None,
            attempts=0,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    return challenge, code, known is not None


def try_code(session: Session, challenge: str, code: str, now: datetime) -> Claim | None:
    """The claim that the code proves, once; None for a wrong one, which counts.

    The caller commits either way.
    """
    row = session.scalar(
        select(PortalChallenge)
        .where(PortalChallenge.challenge_hash == hash_token(challenge))
        .with_for_update()
    )
    if row is None or row.expires_at <= now or row.attempts >= _MOST_ATTEMPTS:
        return None
    row.attempts += 1
    is_right = hmac.compare_digest(bytes(row.code_hash), _code_hash(challenge, code))
    if not is_right or row.customer_id is None or row.contact_id is None:
        return None
    claim = Claim(row.customer_id, row.contact_id, row.name or "", row.language, row.number)
    session.delete(row)
    return claim


def refused() -> Unauthenticated:
    """The one answer for a wrong code, an old one, and one that nobody was sent."""
    return Unauthenticated("code.refused", "the code is wrong or has expired")


def forget_challenges(session: Session, now: datetime) -> None:
    """Those over for an hour: until then they tell how many an address has had."""
    session.execute(
        delete(PortalChallenge).where(PortalChallenge.expires_at < now - _HOUR),
        execution_options={"synchronize_session": False},
    )


def _has_had_enough(session: Session, contact_index: bytes, now: datetime) -> bool:
    row = PortalChallenge
    statement = select(func.count(), func.max(row.created_at)).where(
        row.contact_index == contact_index,
        row.created_at > now - _HOUR,
        # Those that were sent: nobody keeps an owner from codes by asking for them in vain.
        row.customer_id.is_not(None),
    )
    count, last = session.execute(statement).one()
    return count >= _MOST_PER_HOUR or (last is not None and now - last < _PAUSE)


def _code_hash(challenge: str, code: str) -> bytes:
    """Keyed with the challenge, which is random and not kept: six digits alone are soon tried."""
    return hmac.digest(challenge.encode(), code.strip().encode(), hashlib.sha256)
