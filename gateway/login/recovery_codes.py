"""Ten codes for the day the phone is lost: random, shown once, each good once."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gateway.storage.login import RecoveryCode
from libs.common.crypto import BlindIndex

HOW_MANY = 10
# Nobody takes one of them for another.
_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HALF = 5


def new_codes(session: Session, index: BlindIndex, person_id: UUID) -> list[str]:
    """In place of all earlier ones."""
    forget_codes(session, person_id)
    codes = [f"{_random()}-{_random()}" for _ in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_hash(index, person_id, code)) for code in codes
    )
    return codes


def use_code(
    session: Session, index: BlindIndex, person_id: UUID, code: str, now: datetime
) -> bool:
    """Whether it is one of the person's unused ones; it is used now."""
    own = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_hash == _hash(index, person_id, code),
        RecoveryCode.used_at.is_(None),
    )
    used = session.execute(
        own.values(used_at=now).returning(RecoveryCode.person_id),
        execution_options={"synchronize_session": False},
    )
    return used.first() is not None


def codes_left(session: Session, person_id: UUID) -> int:
    """How many are still good."""
    unused = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def forget_codes(session: Session, person_id: UUID) -> None:
    """None is good any more."""
    own = delete(RecoveryCode).where(RecoveryCode.person_id == person_id)
    session.execute(own, execution_options={"synchronize_session": False})


def _random() -> str:
    return "".join(secrets.choice(_CHARACTERS) for _ in range(_HALF))


def _hash(index: BlindIndex, person_id: UUID, code: str) -> bytes:
    """Keyed: fifty bits alone could be tried by whoever steals the table."""
    plain = code.strip().lower().replace("-", "").replace(" ", "")
    return index.of("recovery_code", f"{person_id}:{plain}")
