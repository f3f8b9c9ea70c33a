"""The second factor of a person: set up, confirmed, shown, taken off.

Guesses are counted per person and slowed down, whoever makes them and in whichever login.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.auth.throttle import count, forgive, look
from gateway.login.desk import LoginDesk
from gateway.login.guessing import factor_counter
from gateway.login.password_login import limited
from gateway.login.recovery_codes import codes_left, forget_codes, new_codes, use_code
from gateway.login.totp import accept_code, app_address, is_enrolled, new_secret, seal_secret
from gateway.storage.login import SecondFactor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, InvalidInput, NotFound, field_error


@dataclass(frozen=True)
class FactorCode:
    """Six digits of the app, or a recovery code instead."""

    code: str | None = None
    recovery_code: str | None = None


@dataclass(frozen=True)
class Enrolment:
    """What the app must be told; shown once."""

    secret: str
    uri: str


@dataclass(frozen=True)
class FactorState:
    """What the person sees of it."""

    is_enabled: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


def state_of(session: Session, person_id: UUID) -> FactorState:
    """Whether there is one, since when, and how many recovery codes are left."""
    row = _find(session, person_id)
    if row is None:
        return FactorState(False, None, 0)
    return FactorState(True, row.confirmed_at, codes_left(session, person_id))


def begin_enrolment(uow: UnitOfWork, desk: LoginDesk, person_id: UUID, login: str) -> Enrolment:
    """A new secret in place of one that was never confirmed; raises Conflict if one was."""
    secret = new_secret()
    values = {
        "secret_sealed": seal_secret(desk.sealing.ring, person_id, secret),
        "created_at": desk.now,
        "last_step": 0,
    }
    begun = insert(SecondFactor).values(person_id=person_id, **values)
    # In one statement: another session may confirm one at this very moment.
    begun = begun.on_conflict_do_update(
        index_elements=[SecondFactor.person_id],
        set_=values,
        where=SecondFactor.confirmed_at.is_(None),
    )
    if uow.session.execute(begun.returning(SecondFactor.person_id)).first() is None:
        raise Conflict("second_factor.enabled", "there is one already: take it off first")
    return Enrolment(secret, app_address(secret, login))


def confirm_enrolment(uow: UnitOfWork, desk: LoginDesk, person_id: UUID, code: str) -> list[str]:
    """The app works: from now on it is asked for. Returns the recovery codes, shown once."""
    row = uow.session.get(SecondFactor, person_id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise NotFound("second_factor.not_begun", "begin with POST /me/totp")
    if not accept_code(uow.session, desk.sealing.ring, row, code, desk.now):
        raise wrong_code()
    row.confirmed_at = desk.now
    return new_codes(uow.session, desk.sealing.index, person_id)


def renew_codes(uow: UnitOfWork, desk: LoginDesk, person_id: UUID, given: FactorCode) -> list[str]:
    """Ten new recovery codes in place of what is left; raises InvalidInput."""
    _demand(uow, desk, person_id, given)
    return new_codes(uow.session, desk.sealing.index, person_id)


def take_off(uow: UnitOfWork, desk: LoginDesk, person_id: UUID, given: FactorCode) -> None:
    """The person does without from now on; raises InvalidInput for a wrong code."""
    _demand(uow, desk, person_id, given)
    forget_factor(uow.session, person_id)


def forget_factor(session: Session, person_id: UUID) -> bool:
    """Take it off without any proof; False if there was none."""
    forget_codes(session, person_id)
    own = delete(SecondFactor).where(SecondFactor.person_id == person_id)
    gone = session.execute(own.returning(SecondFactor.confirmed_at))
    return gone.scalar_one_or_none() is not None


def count_guess(desk: LoginDesk, person_id: UUID) -> None:
    """Before a code is looked at, in a transaction of its own; raises TooMany."""
    counters = (factor_counter(person_id),)
    with desk.database.begin(request_id=desk.request_id) as uow:
        standing = look(uow.session, counters, desk.now)
        if standing.wait:
            raise limited(standing.wait)
        count(uow.session, counters, standing, desk.now)
        uow.commit()


def forgive_guess(uow: UnitOfWork, desk: LoginDesk, person_id: UUID) -> None:
    """The code was right."""
    forgive(uow.session, (factor_counter(person_id),), desk.now)


def accept(uow: UnitOfWork, desk: LoginDesk, person_id: UUID, given: FactorCode) -> bool:
    """Whether that is the person's second factor; neither code is good again."""
    row = _find(uow.session, person_id)
    if row is None:
        return False
    if given.recovery_code is not None:
        index = desk.sealing.index
        return use_code(uow.session, index, person_id, given.recovery_code, desk.now)
    return accept_code(uow.session, desk.sealing.ring, row, given.code or "", desk.now)


def wrong_code() -> InvalidInput:
    """For whoever is logged in."""
    return field_error("code", "the code is wrong or was used before", "code.wrong")


def _demand(uow: UnitOfWork, desk: LoginDesk, person_id: UUID, given: FactorCode) -> None:
    if not is_enrolled(uow.session, person_id):
        raise NotFound("second_factor.none", "there is no second factor")
    if not accept(uow, desk, person_id, given):
        raise wrong_code()
    forgive_guess(uow, desk, person_id)


def _find(session: Session, person_id: UUID) -> SecondFactor | None:
    query = select(SecondFactor).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
    )
    return session.scalar(query)
