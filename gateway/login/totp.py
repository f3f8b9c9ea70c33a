"""Codes of an authenticator app (TOTP, RFC 6238): six digits, 30 seconds, SHA-1 as apps expect.

The step before and the step after are accepted for clocks that are wrong; each step once.
"""

from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.storage.login import SecondFactor
from libs.common.crypto import KeyRing, field_context
from libs.common.crypto.tokens import same_secret

STEP = 30  # seconds
_WINDOW = 1  # steps
_SECRET_LENGTH = 32  # characters of base 32: 160 bits, as RFC 4226 recommends
ISSUER = "Tidedesk"


def new_secret() -> str:
    """In base 32, as apps take it."""
    return pyotp.random_base32(_SECRET_LENGTH)


def app_address(secret: str, login: str) -> str:
    """The otpauth URI that a QR code carries."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, if it is one of those that are accepted now."""
    present = int(now.timestamp()) // STEP
    generator = pyotp.TOTP(secret, interval=STEP)
    found, code = None, "".join(code.split())
    # All of them, whichever fits: the time tells nothing.
    for step in range(present - _WINDOW, present + _WINDOW + 1):
        if same_secret(generator.generate_otp(step), code):
            found = step
    return found


def is_enrolled(session: Session, person_id: UUID) -> bool:
    """Whether the person has set an app up and shown that it works."""
    query = select(SecondFactor.person_id).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
    )
    return session.scalar(query) is not None


def seal_secret(ring: KeyRing, person_id: UUID, secret: str) -> bytes:
    """As it is stored."""
    return ring.encrypt_text(secret, secret_context(person_id))


def secret_context(person_id: object) -> str:
    """What a sealed secret is bound to."""
    return field_context("people", "totp", person_id)


def accept_code(
    session: Session, ring: KeyRing, row: SecondFactor, code: str, now: datetime
) -> bool:
    """Whether the code is right and its step was not accepted before; from now on it was."""
    secret = ring.decrypt_text(row.secret_sealed, secret_context(row.person_id))
    step = matching_step(secret, code, now)
    if step is None:
        return False
    own = (SecondFactor.person_id == row.person_id, SecondFactor.last_step < step)
    used = update(SecondFactor).where(*own).values(last_step=step)
    # Of two requests with the same code one finds the row changed.
    return (
        session.execute(
            used.returning(SecondFactor.person_id), execution_options={"synchronize_session": False}
        ).first()
        is not None
    )
