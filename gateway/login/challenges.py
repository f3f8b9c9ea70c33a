"""Questions that wait for a code: random, kept as hashes, for five minutes and five answers."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gateway.storage.login import LoginChallenge
from libs.common.crypto.tokens import hash_token, new_token, same_secret
from libs.common.errors import Unauthenticated

VALID_FOR = timedelta(minutes=5)
_MOST_ATTEMPTS = 5
_UNSYNCHRONISED = {"synchronize_session": False}


@dataclass(frozen=True)
class Question:
    """What was asked. Without a person no answer is right."""

    challenge_hash: bytes
    person_id: UUID | None
    kind: str | None
    method: str | None
    name: str | None
    code_hash: bytes | None
    phone_sealed: bytes | None


def new_code() -> str:
    """Six digits to be sent to somebody."""
    return f"{secrets.randbelow(10**6):06}"


def ask(
    session: Session, purpose: str, now: datetime, code: str | None = None, **facts: Any
) -> str:
    """A new challenge for the client; `facts` are columns of LoginChallenge."""
    challenge = new_token("tdq")
    row = LoginChallenge(
        challenge_hash=hash_token(challenge),
        code_hash=_code_hash(challenge, code) if code is not None else None,
        purpose=purpose,
        attempts=0,
        expires_at=now + VALID_FOR,
        **facts,
    )
    session.add(row)
    return challenge


def try_answer(session: Session, purpose: str, challenge: str, now: datetime) -> Question:
    """The question, one attempt poorer; the caller commits before looking at the answer.

    Raises Unauthenticated for one that never was, is over, or has been tried too often.
    """
    counted = (
        update(LoginChallenge)
        .where(*_still_open(purpose, challenge, now))
        .values(attempts=LoginChallenge.attempts + 1)
        .returning(
            LoginChallenge.challenge_hash,
            LoginChallenge.person_id,
            LoginChallenge.kind,
            LoginChallenge.method,
            LoginChallenge.name,
            LoginChallenge.code_hash,
            LoginChallenge.phone_sealed,
        )
    )
    row = session.execute(counted, execution_options=_UNSYNCHRONISED).one_or_none()
    if row is None:
        raise challenge_over()
    return Question(*row)


def is_answer(question: Question, challenge: str, code: str) -> bool:
    """Whether the code is the one that was sent; for nobody the same work is done, in vain."""
    expected = question.code_hash or bytes(32)
    is_same = same_secret(expected, _code_hash(challenge, code.strip()))
    return is_same and question.code_hash is not None and question.person_id is not None


def spend(session: Session, question: Question) -> None:
    """The question was answered; raises Unauthenticated if another answer was faster."""
    own = delete(LoginChallenge).where(LoginChallenge.challenge_hash == question.challenge_hash)
    if not session.execute(own.returning(LoginChallenge.purpose)).one_or_none():
        raise challenge_over()


def forget_old_challenges(session: Session, now: datetime, most: int) -> int:
    """Drop what is over; returns how many."""
    old = select(LoginChallenge.challenge_hash).where(LoginChallenge.expires_at <= now)
    found = session.scalars(old.limit(most).with_for_update(skip_locked=True)).all()
    if found:
        gone = delete(LoginChallenge).where(LoginChallenge.challenge_hash.in_(found))
        session.execute(gone, execution_options=_UNSYNCHRONISED)
    return len(found)


def challenge_over() -> Unauthenticated:
    """Begin anew."""
    return Unauthenticated("challenge.over", "this has been answered, or took too long: begin anew")


def _code_hash(challenge: str, code: str) -> bytes:
    """Keyed with the challenge, which is random and not kept: six digits alone are soon tried."""
    return hmac.digest(challenge.encode("utf-8", "surrogateescape"), code.encode(), "sha256")


def _still_open(purpose: str, challenge: str, now: datetime) -> tuple[Any, ...]:
    return (
        LoginChallenge.challenge_hash == hash_token(challenge),
        LoginChallenge.purpose == purpose,
        LoginChallenge.expires_at > now,
        LoginChallenge.attempts < _MOST_ATTEMPTS,
    )
