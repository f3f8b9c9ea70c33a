"""Macros are kept, tried, and carried out: all of their steps or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from libs.common.actions import Step, parse_steps
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, DeskError
from libs.common.ids import uuid7
from services.ticketing.domain import kept
from services.ticketing.domain.act import Act
from services.ticketing.domain.by_hand import filled_in, take_step
from services.ticketing.domain.confidential import withheld_reason
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.variables import Setting
from services.ticketing.storage.kept_rows import MACRO, count_use
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.use_cases.finding import find_ticket, read_for_work
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.keeping_shared import add_kept, get_kept, replace_kept
from services.ticketing.use_cases.targets import find_own_target

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """Steps to be taken on a ticket; `reason` says why, in its timeline."""

    steps: tuple[Step, ...]
    reason: str | None
    language: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Tried:
    """What a step would do, with its texts filled in, or why not; after a refusal none is tried."""

    step: Step
    missing: tuple[str, ...]
    refusal: DeskError | None
    is_reached: bool


def create_macro(uow: UnitOfWork, actor: Actor, now: datetime, values: Values) -> RowMapping:
    """A new one; raises InvalidInput naming what could never be carried out."""
    wanted = kept.parse_macro(values, KnownThings(uow.session))
    return add_kept(uow, MACRO, actor, now, wanted)


def replace_macro(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    macro_id: UUID,
    version: int | None,
    values: Values,
) -> tuple[RowMapping, RowMapping]:
    """As it was, and as it is now."""
    wanted = kept.parse_macro(values, KnownThings(uow.session))
    return replace_kept(uow, MACRO, actor, now, macro_id, version, wanted)


def apply_macro(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    macro_id: UUID,
    number: str,
    version: int | None = None,
) -> tuple[Ticket, RowMapping]:
    """Take all steps, or raise the refusal of the one that cannot be taken."""
    macro = usable_macro(uow.session, actor, macro_id)
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    take_steps(uow.session, ticket, work_of(macro, zone), Act(actor, now, uuid7))
    keep(uow, ticket)
    count_use(uow.session, MACRO.table, macro_id, now)
    return ticket, macro


def try_macro(
    uow: UnitOfWork, actor: Actor, now: datetime, zone: ZoneInfo, *, macro_id: UUID, number: str
) -> tuple[RowMapping, list[Tried]]:
    """What each step would do now. Nothing of it is kept."""
    macro = get_kept(uow.session, MACRO, actor, macro_id)
    ticket = read_for_work(uow, actor, number)
    act, work = Act(actor, now, uuid7), work_of(macro, zone)
    tried: list[Tried] = []
    is_reached = True
    for step in work.steps:
        filled, missing = filled_in(step, _setting(ticket, work, act))
        refusal = _attempt(uow.session, ticket, filled, work, act) if is_reached else None
        tried.append(Tried(filled, missing, refusal, is_reached))
        is_reached = is_reached and refusal is None
    return macro, tried


def take_steps(session: Session, ticket: Ticket, work: Work, act: Act) -> None:
    """Each on what the one before has left; a refusal says which step it was."""
    for place, step in enumerate(work.steps):
        filled, _ = filled_in(step, _setting(ticket, work, act))
        if refusal := _attempt(session, ticket, filled, work, act):
            details = {**refusal.details, "step": place, "type": step.as_json()["type"]}
            raise type(refusal)(refusal.code, refusal.message, details)


def usable_macro(session: Session, actor: Actor, macro_id: UUID) -> RowMapping:
    """One that is switched on; raises NotFound, or Conflict."""
    macro = get_kept(session, MACRO, actor, macro_id)
    if not macro["is_active"]:
        raise Conflict("macro.inactive", "the macro is switched off")
    return macro


def work_of(macro: RowMapping, zone: ZoneInfo) -> Work:
    """The macro's steps, for the reason that it was wanted."""
    return Work(read_steps(macro["actions"]), macro["name"], macro["language"], zone)


def read_steps(actions: Sequence[Any]) -> tuple[Step, ...]:
    """Steps as they are stored; raises InvalidInput for what this release cannot read."""
    return parse_steps(list(actions))


def _attempt(
    session: Session, ticket: Ticket, step: Step, work: Work, act: Act
) -> DeskError | None:
    try:
        target = find_own_target(session, ticket, step, act.actor)
        take_step(ticket, step, target, work.reason, act)
    except DeskError as refusal:
        return refusal
    return None


def _setting(ticket: Ticket, work: Work, act: Act) -> Setting:
    hidden = withheld_reason(ticket, act.actor, act.now) is not None
    place = act.now, work.zone, work.language
    return Setting(ticket, act.actor.name, *place, is_withheld=hidden)
