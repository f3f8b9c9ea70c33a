"""The phone of somebody who is logged in: shown to be theirs by a code that it receives."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.auth.caller import Caller
from gateway.login.challenges import Question, ask, is_answer, new_code, spend, try_answer
from gateway.login.code_requests import (
    FOR_ONE,
    lock_requests,
    note_request,
    requests_of,
    wait_for,
)
from gateway.login.desk import LoginDesk
from gateway.login.sending import send_code
from gateway.organisation.contacts import seal_phone
from gateway.organisation.state import refusing_taken
from gateway.organisation.telling import tell_people
from gateway.storage.login import LoginChallenge
from gateway.storage.people import Person
from libs.common.crypto import field_context, normalise_phone
from libs.common.crypto.tokens import hash_token
from libs.common.errors import Conflict, InvalidInput, TooMany, Unauthenticated, field_error


def ask_for_phone_code(desk: LoginDesk, who: Caller, phone: str) -> str:
    """Send a code there; the challenge to answer with it. Raises InvalidInput, TooMany."""
    number, code = normalise_phone(phone), new_code()
    # The same key as for logging in: it is the same phone that rings.
    keys = (f"phone:{desk.sealing.index.of('phone', number).hex()}", f"verify:{who.person_id}")
    with desk.database.begin(request_id=desk.request_id) as uow:
        lock_requests(uow.session, keys)
        for key in keys:
            _refuse_too_many(uow.session, desk, key)
            note_request(uow.session, key, desk.now)
        challenge = ask(uow.session, "phone", desk.now, code, person_id=who.person_id)
        _keep_number(uow.session, desk, challenge, number)
        uow.commit()
    send_code(desk, number, code, "phone", who.language)
    return challenge


def confirm_phone(desk: LoginDesk, who: Caller, challenge: str, code: str) -> None:
    """It is theirs; raises InvalidInput `code.wrong`, `challenge.over`, `phone.taken`."""
    question = _question(desk, challenge)
    if question.person_id != who.person_id or question.phone_sealed is None:
        raise _over()
    if not is_answer(question, challenge, code):
        raise field_error("code", "the code is wrong", "code.wrong")
    context = phone_context(question.challenge_hash)
    number = desk.sealing.ring.decrypt_text(question.phone_sealed, context)
    with desk.database.begin(request_id=desk.request_id) as uow:
        spend(uow.session, question)
        _set_phone(uow.session, desk, who.person_id, number)
        tell_people(uow, [who.person_id])
        uow.commit()


def phone_context(challenge_hash: bytes) -> str:
    """What a sealed number is bound to."""
    return field_context("login_challenges", "phone", bytes(challenge_hash).hex())


def _question(desk: LoginDesk, challenge: str) -> Question:
    try:
        with desk.database.begin(request_id=desk.request_id) as uow:
            question = try_answer(uow.session, "phone", challenge, desk.now)
            uow.commit()
    except Unauthenticated:
        raise _over() from None
    return question


def _over() -> InvalidInput:
    """For somebody who is logged in, and stays so."""
    return field_error("challenge", "this code is over: ask for another one", "challenge.over")


def _keep_number(session: Session, desk: LoginDesk, challenge: str, number: str) -> None:
    session.flush()
    row = session.get_one(LoginChallenge, hash_token(challenge))
    context = phone_context(row.challenge_hash)
    row.phone_sealed = desk.sealing.ring.encrypt_text(number, context)


def _refuse_too_many(session: Session, desk: LoginDesk, key: str) -> None:
    wait = wait_for(requests_of(session, key, desk.now), FOR_ONE, desk.now)
    if wait:
        raise TooMany("code.limited", "too many codes were asked for", {"retry_after": wait})


def _set_phone(session: Session, desk: LoginDesk, person_id: UUID, number: str) -> None:
    own = select(Person).where(Person.person_id == person_id, Person.is_active)
    person = session.scalar(own.with_for_update())
    if person is None:
        raise _over()
    for name, value in seal_phone(session, desk.sealing.index, person_id, number).items():
        setattr(person, name, value)
    person.phone_verified_at = person.updated_at = desk.now
    person.version += 1
    try:
        with refusing_taken():
            session.flush()
    except Conflict:
        raise field_error("phone", "somebody else has this number", "phone.taken") from None
