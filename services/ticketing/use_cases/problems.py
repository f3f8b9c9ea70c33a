"""Problem records: opened, edited, linked with tickets. The shell commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_group, find_person
from libs.common.errors import NotFound, Stale, field_error
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.numbers import business_date
from services.ticketing.domain.problems import (
    OPEN,
    PROBLEM_SOLVED,
    ProblemName,
    check_standing,
    checked_changes,
    problem_number,
)
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import problem_rows as rows
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.finding_several import find_listed
from services.ticketing.use_cases.keeping import keep

MOST_AT_ONCE = 50

Problem = Row[Any]


def create_problem(
    uow: UnitOfWork, actor: Actor, now: datetime, zone: ZoneInfo, values: Mapping[str, Any]
) -> Problem:
    """A new record; its owner is whoever opens it, unless somebody else is named."""
    given = dict(values)
    owner = _owner(uow.session, given.pop("owner_id", actor.subject), actor)
    place = _group(uow.session, given.pop("group_id", None))
    texts = checked_changes(
        {"title": None, "description": None, "status": OPEN, "workaround": None, "solution": None}
        | given
    )
    check_standing(texts["status"], texts["solution"])
    day = business_date(now, zone)
    return rows.insert_problem(
        uow.session,
        texts
        | owner
        | place
        | {
            "problem_id": uuid7(),
            "number": problem_number(day, rows.take_problem_serial(uow.session, day)),
            "version": 1,
            "created_at": now,
            "created_by": actor.subject,
            "created_by_name": actor.name,
            "updated_at": now,
            "solved_at": now if texts["status"] == PROBLEM_SOLVED else None,
        },
    )


def edit_problem(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    version: int | None,
    changes: Mapping[str, Any],
) -> tuple[Problem, Problem]:
    """Returns it before and after."""
    before = lock_problem(uow, number)
    if version is not None and version != before.version:
        message = "somebody changed the problem in the meantime"
        raise Stale("version.stale", message, {"version": before.version})
    given = dict(changes)
    values: dict[str, Any] = {}
    if "owner_id" in given:
        values |= _owner(uow.session, given.pop("owner_id"), actor)
    if "group_id" in given:
        values |= _group(uow.session, given.pop("group_id"))
    values |= checked_changes(given)
    return before, keep_problem(uow, before, values, now)


def keep_problem(
    uow: UnitOfWork, before: Problem, values: Mapping[str, Any], now: datetime
) -> Problem:
    """Write what differs; when it was solved follows from its status."""
    status = values.get("status", before.status)
    check_standing(status, values.get("solution", before.solution))
    known = before._mapping
    changed = {name: value for name, value in values.items() if known[name] != value}
    if not changed:
        return before
    if status != before.status:
        changed["solved_at"] = now if status == PROBLEM_SOLVED else None
    return rows.update_problem(uow.session, before.problem_id, changed | {"updated_at": now})


def link_problem(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, tickets: Sequence[str]
) -> tuple[Problem, list[Ticket]]:
    """The problem is behind these tickets; all of them or none."""
    if not 0 < len(set(tickets)) <= MOST_AT_ONCE:
        raise field_error("numbers", f"must have 1 to {MOST_AT_ONCE} members", "field.invalid")
    problem = find_problem(uow, number)
    linked = find_listed(uow, actor, tickets, "numbers")
    for ticket in linked:
        ticket.join_problem(_name(problem), Act(actor, now, uuid7))
    keep(uow, *linked)
    return problem, linked


def link_ticket(uow: UnitOfWork, ticket: Ticket, number: str, act: Act) -> bool:
    """The same for one ticket that is kept by the caller; False where it was so already."""
    problem = find_problem(uow, number)
    if ticket.problem_id == problem.problem_id:
        return False
    ticket.join_problem(_name(problem), act)
    return True


def unlink_problem(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, ticket_number: str
) -> Ticket:
    """It is not behind this ticket, after all."""
    problem = find_problem(uow, number)
    ticket = find_ticket(uow, actor, ticket_number)
    ticket.leave_problem(_name(problem), Act(actor, now, uuid7))
    keep(uow, ticket)
    return ticket


def lock_problem(uow: UnitOfWork, number: str) -> Problem:
    """The record, locked."""
    return _there(rows.lock_problem(uow.session, number))


def find_problem(uow: UnitOfWork, number: str) -> Problem:
    """The record."""
    return _there(rows.find_problem(uow.session, number))


def _there(row: Problem | None) -> Problem:
    if row is None:
        raise NotFound("problem.not_found", "there is no such problem")
    return row


def _name(problem: Problem) -> ProblemName:
    return ProblemName(problem.problem_id, problem.number)


def _owner(session: Session, person_id: UUID | None, actor: Actor) -> dict[str, Any]:
    if person_id is None:
        return {"owner_id": None, "owner_name": None}
    if person_id == actor.subject:
        return {"owner_id": person_id, "owner_name": actor.name}
    person = find_person(session, person_id)
    if person is None or not person.is_active:
        raise field_error("owner_id", "nobody who works here", "person.unknown")
    return {"owner_id": person_id, "owner_name": person.name}


def _group(session: Session, group_id: UUID | None) -> dict[str, Any]:
    if group_id is None:
        return {"group_id": None, "group_name": None}
    group = find_group(session, group_id)
    if group is None or not group.is_active:
        raise field_error("group_id", "no active group", "group.unknown")
    return {"group_id": group_id, "group_name": group.name}
