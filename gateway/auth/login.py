"""Logging in: one answer for an unknown login and a wrong password, and not too many attempts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from gateway.auth.passwords import hash_password, is_password, needs_rehash
from gateway.auth.sessions import open_session
from gateway.auth.throttle import count_attempt, forget_old_failures, forgive
from gateway.people import Account, find_account
from gateway.storage import Person
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import TooMany, Unauthenticated


@dataclass(frozen=True)
class Attempt:
    """A login and what is known of where it comes from."""

    login: str
    password: str
    address: str
    user_agent: str
    name: str | None = None


def log_in(database: Database, attempt: Attempt, kind: str, now: datetime) -> str:
    """A new session's token; raises Unauthenticated or TooMany.

    The attempt is counted in a transaction of its own: hashing must not hold locks.
    """
    account = _count_and_find(database, attempt, now)
    is_known = account is not None and account.is_active
    if not is_password(attempt.password, account.password_hash if account and is_known else None):
        raise Unauthenticated("login.refused", "the login or the password is wrong")
    assert account is not None
    with database.begin() as uow:
        forgive(uow.session, attempt.login, attempt.address)
        _keep_hash_strong(uow, account, attempt.password)
        token = open_session(
            uow.session,
            account.person_id,
            kind,
            now,
            name=attempt.name,
            address=attempt.address,
            user_agent=attempt.user_agent[:200],
        )
        uow.commit()
    return token


def _count_and_find(database: Database, attempt: Attempt, now: datetime) -> Account | None:
    with database.begin() as uow:
        forget_old_failures(uow.session, now)
        wait = count_attempt(uow.session, attempt.login, attempt.address, now)
        account = find_account(uow.session, attempt.login)
        uow.commit()
    if wait:
        raise TooMany("login.limited", "too many failed logins", {"retry_after": wait})
    return account


def _keep_hash_strong(uow: UnitOfWork, account: Account, password: str) -> None:
    if needs_rehash(account.password_hash):
        person = update(Person).where(Person.person_id == account.person_id)
        uow.session.execute(person.values(password_hash=hash_password(password)))
