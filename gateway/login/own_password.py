"""The present password: asked for again before what matters, and changed by its owner."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gateway.auth.caller import Caller
from gateway.auth.passwords import hash_password, is_password
from gateway.auth.sessions import revoke_others
from gateway.auth.throttle import count, forgive, look
from gateway.login.desk import LoginDesk
from gateway.login.guessing import password_counter
from gateway.login.password_login import limited
from gateway.login.password_policy import broken_rules, weak_password
from gateway.login.rotation import Rotated, rotate
from gateway.storage.login import PasswordSet
from gateway.storage.people import Person
from gateway.storage.sessions import LoginSession
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, field_error

# Whoever has just logged in has just proved who they are.
_FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class _Kept:
    """What is stored: the present hash, and those of the last passwords."""

    password_hash: str
    earlier: list[str]


def change_password(desk: LoginDesk, who: Caller, current: str, new: str) -> Rotated:
    """The new password counts; no other session goes on, and this one with new tokens.

    Raises InvalidInput `password.wrong` naming `current`, or `password.weak` with every rule that
    `new` breaks; TooMany after wrong ones.
    """
    kept = _prove(desk, who.person_id, current, "current")
    _refuse_weak(desk, who, new, kept)
    password_hash = hash_password(new)
    with desk.database.begin(request_id=desk.request_id) as uow:
        _replace(uow, desk, who, kept, password_hash)
        revoke_others(uow.session, who.person_id, who.credential_id, desk.now)
        rotated = rotate(uow.session, desk, who)
        uow.commit()
    return rotated


def prove_again(desk: LoginDesk, who: Caller, password: str | None, *, is_weighty: bool) -> None:
    """Raise InvalidInput naming `password` unless it is the person's, or need not be asked for.

    It need not within ten minutes of logging in; for what is weighty, only where the login was by
    single sign-on, for those people may have none.
    """
    if password is not None:
        _prove(desk, who.person_id, password, "password")
        return
    with desk.database.begin(read_only=True) as uow:
        own = select(LoginSession).where(LoginSession.session_id == who.credential_id)
        session = uow.session.scalar(own)
    is_fresh = session is not None and desk.now - session.created_at < _FRESH_FOR
    if not (is_fresh and (not is_weighty or (session and session.method == "sso"))):
        raise field_error("password", "enter your password again", "password.required")


def _prove(desk: LoginDesk, person_id: UUID, password: str, field: str) -> _Kept:
    counters = (password_counter(person_id),)
    with desk.database.begin(request_id=desk.request_id) as uow:
        standing = look(uow.session, counters, desk.now)
        if standing.wait:
            raise limited(standing.wait)
        count(uow.session, counters, standing, desk.now)
        kept = _read(uow.session, person_id)
        uow.commit()
    if not is_password(password, kept.password_hash):
        raise field_error(field, "this is not your password", "password.wrong")
    with desk.database.begin(request_id=desk.request_id) as uow:
        forgive(uow.session, counters, desk.now)
        uow.commit()
    return kept


def _read(session: Session, person_id: UUID) -> _Kept:
    own = select(Person.password_hash).where(Person.person_id == person_id)
    earlier = (
        select(PasswordSet.password_hash)
        .where(PasswordSet.person_id == person_id)
        .order_by(PasswordSet.set_at.desc())
    )
    return _Kept(session.scalars(own).one(), list(session.scalars(earlier)))


def _refuse_weak(desk: LoginDesk, who: Caller, new: str, kept: _Kept) -> None:
    rules = desk.settings.passwords
    broken = broken_rules(new, rules, (who.login, who.name))
    last = [kept.password_hash, *kept.earlier[: rules.history]]
    if any(is_password(new, old) for old in dict.fromkeys(last)):
        broken.append("used_before")
    if broken:
        raise weak_password(broken, rules)


def _replace(uow: UnitOfWork, desk: LoginDesk, who: Caller, kept: _Kept, new_hash: str) -> None:
    session, now = uow.session, desk.now
    unchanged = (Person.person_id == who.person_id, Person.password_hash == kept.password_hash)
    changed = (
        update(Person)
        .where(*unchanged)
        .values(
            password_hash=new_hash,
            must_change_password=False,
            password_changed_at=now,
            updated_at=now,
        )
    )
    found = session.execute(
        changed.returning(Person.person_id), execution_options={"synchronize_session": False}
    )
    if found.first() is None:
        # Somebody else, perhaps an administrator, has set another one meanwhile.
        raise InvalidInput("password.wrong", "the password has just been changed")
    session.add(PasswordSet(person_id=who.person_id, set_at=now, password_hash=new_hash))
    session.flush()
    _trim(session, who.person_id, max(desk.settings.passwords.history, 1))


def _trim(session: Session, person_id: UUID, most: int) -> None:
    own = PasswordSet.person_id == person_id
    kept = select(PasswordSet.set_at).where(own).order_by(PasswordSet.set_at.desc()).limit(most)
    session.execute(
        delete(PasswordSet).where(own, PasswordSet.set_at.not_in(kept)),
        execution_options={"synchronize_session": False},
    )
