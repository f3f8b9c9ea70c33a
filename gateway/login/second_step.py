"""The second step of a login: the code of the app, or a recovery code."""

from uuid import UUID

from gateway.login.accounts import find_by_id
from gateway.login.challenges import Question, challenge_over, spend, try_answer
from gateway.login.desk import LoginDesk
from gateway.login.opening import Asked, Entered, Proof, Wish, let_in, note_refusal
from gateway.login.password_login import forgive_login
from gateway.login.second_factor import FactorCode, accept, count_guess, forgive_guess
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Unauthenticated


def answer_second_factor(desk: LoginDesk, challenge: str, given: FactorCode, kind: str) -> Entered:
    """The second step of a login; raises Unauthenticated, TooMany."""
    question = _count_answer(desk, challenge)
    if question.person_id is None or question.kind != kind:
        raise challenge_over()
    count_guess(desk, question.person_id)
    with desk.database.begin(request_id=desk.request_id) as uow:
        entered = _enter(uow, desk, question, question.person_id, given)
        uow.commit()
    if entered is None:
        raise _refused(desk, question.person_id)
    return entered


def _enter(
    uow: UnitOfWork, desk: LoginDesk, question: Question, person_id: UUID, given: FactorCode
) -> Entered | None:
    account = find_by_id(uow.session, person_id)
    if account is None or not account.is_active or not accept(uow, desk, person_id, given):
        return None
    spend(uow.session, question)
    # Every login asks with both.
    proof = Proof(account, question.method or "password", has_second_factor=True)
    entered = let_in(uow, desk, proof, Wish(question.kind or "cookie", question.name))
    assert not isinstance(entered, Asked)
    forgive_guess(uow, desk, person_id)
    if question.method == "password":
        forgive_login(uow, desk, account)
    return entered


def _count_answer(desk: LoginDesk, challenge: str) -> Question:
    with desk.database.begin(request_id=desk.request_id) as uow:
        question = try_answer(uow.session, "second_factor", challenge, desk.now)
        uow.commit()
    return question


def _refused(desk: LoginDesk, person_id: UUID) -> Unauthenticated:
    with desk.database.begin(read_only=True) as uow:
        account = find_by_id(uow.session, person_id)
    note_refusal(None, account, "second_factor")
    return Unauthenticated("code.wrong", "the code is wrong or was used before")
