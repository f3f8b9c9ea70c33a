"""Login and password: one answer for what is unknown and what is wrong, in the same time."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

from gateway.audit.alerts import raise_alert
from gateway.auth.passwords import hash_password, is_outdated, is_password, needs_rehash
from gateway.auth.throttle import Standing, count, forgive, look
from gateway.login.accounts import Account, find_by_login
from gateway.login.captchas import is_read
from gateway.login.desk import LoginDesk
from gateway.login.devices import known_device
from gateway.login.guessing import Guessing, guessing_at
from gateway.login.opening import Asked, Entered, Proof, Wish, let_in, note_refusal
from gateway.storage.people import Person
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, TooMany, Unauthenticated


@dataclass(frozen=True)
class CaptchaAnswer:
    """What somebody has read in a picture."""

    captcha_id: UUID
    answer: str


@dataclass(frozen=True)
class Claim:
    """A login and its password, as they were typed."""

    login: str
    password: str
    captcha: CaptchaAnswer | None = None


def log_in(desk: LoginDesk, claim: Claim, wish: Wish) -> Entered | Asked:
    """Raises Unauthenticated (`login.refused`, `captcha.required`), TooMany, Forbidden.

    The attempt is counted in a transaction of its own: hashing must not hold locks.
    """
    guessing = _guessing(desk, claim.login)
    account = _count_and_find(desk, claim, guessing)
    is_here = account is not None and account.is_active
    is_right = is_password(claim.password, account.password_hash if account and is_here else None)
    if account is None or not is_right:
        note_refusal(claim.login, account, "password" if is_here else "account")
        raise Unauthenticated("login.refused", "the login or the password is wrong")
    if is_outdated(account.password_hash, desk.now):
        raise Forbidden("password.expired", "the initial password was not used in time: ask again")
    stronger = _stronger(account, claim.password)
    with desk.database.begin(request_id=desk.request_id) as uow:
        found = let_in(uow, desk, Proof(account, "password"), wish)
        if stronger:
            _keep(uow, account, stronger)
        # Not yet for whoever still owes a code: passwords would be a way to try codes for ever.
        if isinstance(found, Entered):
            forgive(uow.session, guessing.counters, desk.now)
        uow.commit()
    return found


def forgive_login(uow: UnitOfWork, desk: LoginDesk, account: Account) -> None:
    """The second step is done too: the first one's attempt was none of guessing."""
    forgive(uow.session, _guessing(desk, account.login).counters, desk.now)


def check_captcha(
    uow: UnitOfWork, desk: LoginDesk, captcha: CaptchaAnswer | None
) -> Unauthenticated | None:
    """What to raise, after the commit that spends the picture; None if it was read."""
    if captcha is None:
        cause = "missing"
    elif is_read(uow.session, desk.sealing.index, captcha.captcha_id, captcha.answer, desk.now):
        return None
    else:
        cause = "wrong"
    message = "ask for a picture (POST /captchas) and send what it shows"
    return Unauthenticated("captcha.required", message, {"captcha": cause})


def limited(wait: int) -> TooMany:
    """Too many failures: come back later."""
    return TooMany("login.limited", "too many failed attempts", {"retry_after": wait})


def _guessing(desk: LoginDesk, login: str) -> Guessing:
    device = None
    if desk.origin.device:
        device = known_device(desk.sealing.index, desk.origin.device, login)
    return guessing_at(login, desk.origin.address, device)


def _count_and_find(desk: LoginDesk, claim: Claim, guessing: Guessing) -> Account | None:
    refusal = None
    with desk.database.begin(request_id=desk.request_id) as uow:
        standing = look(uow.session, guessing.counters, desk.now)
        if standing.wait:
            raise limited(standing.wait)
        if guessing.needs_captcha(standing):
            refusal = check_captcha(uow, desk, claim.captcha)
        account = find_by_login(uow.session, claim.login)
        if refusal is None:
            count(uow.session, guessing.counters, standing, desk.now)
            _alarm(uow, desk, guessing, standing, account)
        uow.commit()
    if refusal is not None:
        raise refusal
    return account


def _alarm(
    uow: UnitOfWork,
    desk: LoginDesk,
    guessing: Guessing,
    standing: Standing,
    account: Account | None,
) -> None:
    if guessing.is_alarming(standing):
        raise_alert(
            uow,
            "brute_force",
            person_id=account.person_id if account else None,
            address=desk.origin.address,
            facts={"failures": max(standing.failures.values()) + 1},
            now=desk.now,
        )


def _stronger(account: Account, password: str) -> str | None:
    """Today's hash for one that was made with weaker parameters."""
    return hash_password(password) if needs_rehash(account.password_hash) else None


def _keep(uow: UnitOfWork, account: Account, password_hash: str) -> None:
    own = (Person.person_id == account.person_id, Person.password_hash == account.password_hash)
    uow.session.execute(update(Person).where(*own).values(password_hash=password_hash))
