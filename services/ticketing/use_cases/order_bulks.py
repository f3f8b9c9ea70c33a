"""Work on many tickets is ordered and cancelled; a job does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.actions import Step, parse_steps
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, TooMany, field_error
from libs.common.ids import uuid7
from services.ticketing.domain import bulks, checks, kept
from services.ticketing.domain.bulks import Outcome, Wanted
from services.ticketing.domain.by_hand import check_texts
from services.ticketing.storage import bulk_rows
from services.ticketing.storage.kept_rows import MACRO, count_use
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.problem_rows import find_problem
from services.ticketing.use_cases.macros import usable_macro


@dataclass(frozen=True)
class Order:
    """What somebody wants: `actions`, a macro's, or to link the tickets with a problem.

    `problem` is its number; `versions` are those of the tickets as they saw them.
    """

    numbers: Sequence[str]
    actions: Sequence[Any] = ()
    macro_id: UUID | None = None
    reason: str | None = None
    language: str = "zh"
    versions: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None


def create_bulk(uow: UnitOfWork, actor: Actor, now: datetime, order: Order) -> UUID:
    """Wait for a worker, with the rights and the scope that the actor has now; raises TooMany."""
    numbers = bulks.check_numbers(list(order.numbers))
    title, wanted = _wanted(uow.session, actor, order)
    if actor.subject is None or (
        bulk_rows.count_unfinished(uow.session, actor.subject) >= bulks.MOST_UNFINISHED
    ):
        message = f"no more than {bulks.MOST_UNFINISHED} of one person's are done at a time"
        raise TooMany("bulk.too_many", message, {"retry_after": 10})
    bulk_id = uuid7()
    tickets = [(number, order.versions.get(number)) for number in numbers]
    bulk_rows.add_bulk(uow.session, bulk_id, title, wanted, tickets, now)
    if order.macro_id is not None:
        count_use(uow.session, MACRO.table, order.macro_id, now, len(tickets))
    return bulk_id


def cancel_bulk(uow: UnitOfWork, actor: Actor, now: datetime, bulk_id: UUID) -> None:
    """Leave the rest of the tickets as they are; raises Conflict when it is over already."""
    row = actor.subject and bulk_rows.lock_bulk(uow.session, bulk_id, actor.subject)
    if not row:
        raise NotFound("bulk.unknown", "there is no such work")
    if row["finished_at"] is not None or row["cancelled_at"] is not None:
        raise Conflict("bulk.finished", "the work is over already")
    skipped = Outcome.known(bulks.SKIPPED, bulks.CANCELLED)
    bulk_rows.cancel_bulk(uow.session, bulk_id, skipped, now)


def _wanted(session: Session, actor: Actor, order: Order) -> tuple[str, Wanted]:
    """Its title, and what is to be stored; raises InvalidInput naming what cannot be."""
    reason = checks.optional_text("reason", order.reason)
    if order.problem is not None:
        return _linking(session, actor, order.problem, reason, order.language)
    if order.macro_id is not None:
        macro = usable_macro(session, actor, order.macro_id)
        actions, language = tuple(macro["actions"]), macro["language"]
        wanted = Wanted(actor, actions, reason or macro["name"], language, order.macro_id)
        return macro["name"], wanted
    steps: tuple[Step, ...] = parse_steps(order.actions, known=KnownThings(session))
    check_texts(steps)
    language = kept.language_of({"language": order.language})
    told = tuple(step.as_json() for step in steps)
    # Words of the language's own are the console's: it knows actions by their types.
    return ", ".join(one["type"] for one in told), Wanted(actor, told, reason, language)


def _linking(
    session: Session, actor: Actor, number: str, reason: str | None, language: str
) -> tuple[str, Wanted]:
    """Nothing but the link is made, for which there is a permission of its own."""
    actor.demand("ticket.link")
    problem = find_problem(session, number)
    if problem is None:
        raise field_error("problem", "there is no such problem record", "problem.not_found")
    told = kept.language_of({"language": language})
    return problem.number, Wanted(actor, (), reason, told, problem=problem.number)
