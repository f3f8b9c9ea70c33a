"""Logging in by a code on one's phone: the answer never tells whether there is such a person."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from gateway.auth.limits import source_of
from gateway.auth.throttle import count, forgive, hidden, look
from gateway.login.accounts import find_by_id
from gateway.login.challenges import ask, is_answer, new_code, spend, try_answer
from gateway.login.code_requests import (
    FOR_ADDRESS,
    FOR_ONE,
    lock_requests,
    needs_captcha,
    note_request,
    requests_of,
    wait_for,
)
from gateway.login.desk import LoginDesk
from gateway.login.guessing import address_counter
from gateway.login.opening import Asked, Entered, Proof, Wish, let_in, note_refusal
from gateway.login.password_login import CaptchaAnswer, check_captcha, limited
from gateway.login.sending import send_code
from gateway.organisation.contacts import open_phone
from gateway.storage.people import Person
from libs.common.crypto import normalise_phone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import TooMany, Unauthenticated

_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Addressee:
    """Who wants a code: by login or by phone number, one of the two."""

    login: str | None
    phone: str | None

    def condition(self, desk: LoginDesk) -> ColumnElement[bool]:
        """Raises InvalidInput for what is no phone number."""
        if self.phone is not None:
            return Person.phone_index == desk.sealing.index.of_phone(self.phone)
        return func.lower(Person.login) == (self.login or "").strip().lower()

    def key(self) -> str:
        """The same for all spellings; raises InvalidInput for what is no phone number."""
        if self.phone is not None:
            return f"asked:{hidden(normalise_phone(self.phone))}"
        return f"asked:{hidden((self.login or '').strip().lower())}"


@dataclass(frozen=True)
class _Receiver:
    person_id: UUID
    number: str
    language: str


def ask_for_code(desk: LoginDesk, addressee: Addressee, captcha: CaptchaAnswer | None) -> str:
    """The challenge to answer with the code, sent or not; raises TooMany, Unauthenticated
    (`captcha.required`), InvalidInput, Unavailable."""
    code, refusal = new_code(), None
    keys = (addressee.key(), f"from:{source_of(desk.origin.address)}")
    with desk.database.begin(request_id=desk.request_id) as uow:
        lock_requests(uow.session, keys)
        refusal = _check(uow, desk, keys, captcha)
        receiver = _receiver(uow.session, desk, addressee)
        challenge = ask(
            uow.session,
            "sms_login",
            desk.now,
            code,
            kind="cookie",
            method="sms",
            person_id=receiver.person_id if receiver else None,
        )
        if refusal is None:
            for key in keys:
                note_request(uow.session, key, desk.now)
        uow.commit()
    if refusal is not None:
        raise refusal
    number, language = (receiver.number, receiver.language) if receiver else (None, "zh")
    send_code(desk, number, code, "login", language)
    return challenge


def answer_code(desk: LoginDesk, challenge: str, code: str) -> Entered | Asked:
    """Log in; raises Unauthenticated (the same for wrong, old and nobody's), TooMany."""
    counters = (address_counter(desk.origin.address),)
    with desk.database.begin(request_id=desk.request_id) as uow:
        standing = look(uow.session, counters, desk.now)
        if standing.wait:
            raise limited(standing.wait)
        question = try_answer(uow.session, "sms_login", challenge, desk.now)
        count(uow.session, counters, standing, desk.now)
        # Asked for nobody, too: the answer must not come sooner.
        account = find_by_id(uow.session, question.person_id or _NOBODY)
        uow.commit()
    if not is_answer(question, challenge, code) or account is None or not account.is_active:
        note_refusal(None, account, "sms_code")
        raise Unauthenticated("code.wrong", "the code is wrong")
    with desk.database.begin(request_id=desk.request_id) as uow:
        spend(uow.session, question)
        found = let_in(uow, desk, Proof(account, "sms"), Wish("cookie"))
        forgive(uow.session, counters, desk.now)
        uow.commit()
    return found


def _check(
    uow: UnitOfWork, desk: LoginDesk, keys: tuple[str, str], captcha: CaptchaAnswer | None
) -> Unauthenticated | None:
    """Raise TooMany; return what to raise after the commit that spends the picture."""
    asked, come_from = (requests_of(uow.session, key, desk.now) for key in keys)
    wait = max(wait_for(asked, FOR_ONE, desk.now), wait_for(come_from, FOR_ADDRESS, desk.now))
    if wait:
        raise TooMany("code.limited", "too many codes were asked for", {"retry_after": wait})
    return check_captcha(uow, desk, captcha) if needs_captcha(come_from, desk.now) else None


def _receiver(session: Session, desk: LoginDesk, addressee: Addressee) -> _Receiver | None:
    """Whoever is to get a code; nobody where the phone has had enough of them, silently."""
    person = session.scalar(
        select(Person).where(
            addressee.condition(desk), Person.is_active, Person.phone_verified_at.is_not(None)
        )
    )
    # All of it for nobody, too: the answer must not come sooner.
    phone = (person.phone_index or b"").hex() if person else addressee.key()
    key = f"phone:{phone}"
    lock_requests(session, (key,))
    wait = wait_for(requests_of(session, key, desk.now), FOR_ONE, desk.now)
    note_request(session, key if not wait else f"{key}:dropped", desk.now)
    number = open_phone(session, person) if person else None
    if person is None or number is None or wait:
        return None
    return _Receiver(person.person_id, number, person.language)
