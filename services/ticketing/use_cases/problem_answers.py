"""One answer for all tickets of a problem: ordered at once, carried out ticket by ticket."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.common import scope
from libs.common.actor import Actor
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import Conflict, DeskError
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.problems import PROBLEM_SOLVED, TEXT_LIMIT
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.storage import problem_answer_rows as rows
from services.ticketing.storage.ticket_finders import lock_by_id
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.problems import Problem, keep_problem, lock_problem

ANSWERED, SKIPPED = "answered", "skipped"
_GONE = "ticket.not_found"
# Its key is gone: nobody is answered with nothing.
_UNREADABLE = "problem.answer_unreadable"


def start_answer(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, text: str, solves: bool
) -> tuple[Problem, Row[Any]]:
    """Order an answer to all unfinished tickets of the problem that the actor sees.

    With `solves` the problem is solved by it, and each ticket; else each just gets a reply.
    """
    text = checks.required_text("text", text, TEXT_LIMIT)
    problem = lock_problem(uow, number)
    if rows.running_answer(uow.session, problem.problem_id) is not None:
        raise Conflict("problem.answering", "another answer is on its way")
    order = {
        "answer_id": uuid7(),
        "problem_id": problem.problem_id,
        "text": text,
        "solves": solves,
        "status": "running",
        "actor": _as_json(actor),
        "created_at": now,
    }
    answer = rows.add_answer(uow.session, order, scope.visible(actor, TICKET_SCOPE))
    if answer.total == 0 and not solves:
        raise Conflict("problem.no_tickets", "it has no unfinished tickets")
    if solves:
        solved = {"status": PROBLEM_SOLVED, "solution": text}
        problem = keep_problem(uow, problem, solved, now)
    return problem, answer


def stop_answer(uow: UnitOfWork, now: datetime, *, number: str) -> tuple[Problem, Row[Any]]:
    """Leave the tickets alone that have not been answered yet."""
    problem = lock_problem(uow, number)
    answer = rows.running_answer(uow.session, problem.problem_id)
    if answer is None:
        raise Conflict("problem.not_answering", "no answer is on its way")
    return problem, rows.stop_answer(uow.session, answer.answer_id, now)


def answer_next(database: Database, now: datetime) -> bool:
    """Answer one ticket in a transaction of its own; whether there may be more.

    What became of it is kept with the answer itself: a ticket is answered once.
    """
    with database.begin() as uow:
        item = rows.take_waiting(uow.session)
        if item is None:
            rows.finish_answers(uow.session, now)
            uow.commit()
            return False
        code = _try(uow, item, now)
        rows.settle_item(uow.session, item, SKIPPED if code else ANSWERED, code, now)
        crash_point("after_problem_answer_before_commit")
        uow.commit()
    return True


def _try(uow: UnitOfWork, item: rows.Waiting, now: datetime) -> str | None:
    """Why the ticket was left as it is, if it was."""
    actor = _actor(item.actor)
    if item.text is None:
        return _UNREADABLE
    try:
        with uow.savepoint():
            ticket = lock_by_id(uow.session, item.ticket_id)
            if ticket is None or not scope.allows(actor, ticket.scope()):
                return _GONE
            if ticket.problem_id != item.problem_id:
                return "problem.not_linked"
            _answer(ticket, item.text, Act(actor, now, uuid7), solves=item.solves)
            keep(uow, ticket)
    except DeskError as refusal:
        return refusal.code
    return None


def _answer(ticket: Ticket, text: str, act: Act, *, solves: bool) -> None:
    if solves:
        ticket.solve(text, True, act)
    else:
        ticket.reply(text, (), None, act)


def _as_json(actor: Actor) -> dict[str, Any]:
    known = {"subject": actor.subject, "name": actor.name, "scopes": actor.scopes}
    more = {"roles": list(actor.roles), "permissions": sorted(actor.permissions)}
    told: dict[str, Any] = rows.as_json(known | more)
    return told


def _actor(told: dict[str, Any]) -> Actor:
    return Actor(
        subject=UUID(told["subject"]) if told["subject"] else None,
        name=told["name"],
        roles=tuple(told["roles"]),
        scopes=told["scopes"],
        permissions=frozenset(told["permissions"]),
    )
