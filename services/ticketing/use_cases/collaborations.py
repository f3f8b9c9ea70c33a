"""Asking others for help with a ticket, and what they do about it. The shell commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, NotFound, field_error
from libs.common.ids import uuid7
from libs.common.timers import cancel_timers, schedule_timer
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.collaboration import (
    PARTS_LIMIT,
    TARGETS,
    Collaboration,
    Target,
    check_due,
    check_duty,
)
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import collaboration_rows as rows
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.storage.ticket_finders import lock_by_id
from services.ticketing.use_cases.attachments import claim_attachments
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep

DUE_TIMER = "collaboration_due"
# Of a large department not everybody needs a notice: all of them find it in their list.
_MOST_TOLD = 200


@dataclass(frozen=True)
class Wanted:
    """A part as somebody asks for it."""

    target_kind: str
    target_id: UUID
    duty: object
    due_at: datetime | None = None


def start_collaboration(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    parts: Sequence[Wanted],
    note: str | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> tuple[Ticket, list[Collaboration]]:
    """Ask one or several at once, with the same material."""
    if not 1 <= len(parts) <= PARTS_LIMIT:
        raise field_error("parts", f"must have 1 to {PARTS_LIMIT} members")
    said = checks.optional_text("note", note)
    ticket, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    targets = [_target(uow, place, part) for place, part in enumerate(parts)]
    if len({(one.kind, one.target_id) for one in targets}) < len(targets):
        raise field_error("parts", "must not ask the same twice", "collaboration.repeated")
    files = claim_attachments(uow, actor, ticket.ticket_id, attachment_ids)
    asked = [
        _part(ticket, target, part, place, said, act)
        for place, (target, part) in enumerate(zip(targets, parts, strict=True))
    ]
    for part in asked:
        part.materials = [file.as_shown() for file in files]
    known = rows.parts_of(uow.session, ticket.ticket_id)
    told = _meant(uow, targets, actor)
    entry = ticket.start_collaboration(asked, known, files, said, told, act)
    attach_to_entry(uow.session, files, entry.entry_id)
    rows.add_parts(uow.session, asked)
    _remember_due(uow, asked)
    keep(uow, ticket)
    return ticket, asked


def take_collaboration(
    uow: UnitOfWork, actor: Actor, now: datetime, *, collaboration_id: UUID
) -> tuple[Ticket, Collaboration]:
    """Somebody of the target sees to it."""
    work = _as_helper(uow, actor, now, collaboration_id)
    work.part.take(work.act)
    return work.keep("taken")


def answer_collaboration(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    collaboration_id: UUID,
    text: str,
    attachment_ids: Sequence[UUID] = (),
) -> tuple[Ticket, Collaboration]:
    """What came of it."""
    text = checks.required_text("text", text)
    work = _as_helper(uow, actor, now, collaboration_id)
    files = claim_attachments(uow, actor, work.ticket.ticket_id, attachment_ids)
    work.part.answer(text, [file.as_shown() for file in files], work.act)
    return work.keep("answered", work.requesters(), text=text, files=files)


def decline_collaboration(
    uow: UnitOfWork, actor: Actor, now: datetime, *, collaboration_id: UUID, reason: str
) -> tuple[Ticket, Collaboration]:
    """Those asked cannot do it."""
    reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
    work = _as_helper(uow, actor, now, collaboration_id)
    work.part.decline(reason, work.act)
    return work.keep("declined", work.requesters(), reason=reason)


def accept_collaboration(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, collaboration_id: UUID
) -> tuple[Ticket, Collaboration]:
    """What was answered is what was asked for."""
    work = _as_requester(uow, actor, now, number, collaboration_id)
    work.part.accept(work.act)
    return work.keep("accepted", work.helpers())


def ask_again(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    collaboration_id: UUID,
    text: str,
    due_at: datetime | None = None,
) -> tuple[Ticket, Collaboration]:
    """It is not: another round."""
    text = checks.required_text("text", text, checks.REASON_LIMIT)
    work = _as_requester(uow, actor, now, number, collaboration_id)
    work.ticket.check_unfinished()
    work.part.ask_again(text, check_due("due_at", due_at, now), work.act)
    return work.keep("asked_again", work.helpers(), text=text)


def cancel_collaboration(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    collaboration_id: UUID,
    reason: str | None = None,
) -> tuple[Ticket, Collaboration]:
    """It is no longer needed."""
    reason = checks.optional_text("reason", reason)
    work = _as_requester(uow, actor, now, number, collaboration_id)
    # While they still see the ticket.
    told = work.helpers()
    work.part.cancel(reason, work.act)
    return work.keep("cancelled", told, reason=reason)


def rate_collaboration(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    collaboration_id: UUID,
    score: int,
    words: str | None = None,
) -> tuple[Ticket, Collaboration]:
    """How good the help was (R75)."""
    words = checks.optional_text("words", words)
    work = _as_requester(uow, actor, now, number, collaboration_id)
    work.part.rate(score, words, work.act)
    return work.keep("rated", text=words, given_score=score)


def find_overdue(uow: UnitOfWork, actor: Actor, now: datetime, *, collaboration_id: UUID) -> None:
    """Its time limit is over: said once, to those asked and those who wait for it."""
    work = _find(uow, actor, now, collaboration_id)
    if work is not None and work.part.find_overdue(now):
        told = dict.fromkeys([*work.helpers(), *work.requesters()])
        work.keep("overdue", list(told))


def end_collaborations(uow: UnitOfWork, ticket: Ticket, act: Act) -> None:
    """The ticket is over: whoever was still asked need not help any more. The caller keeps it."""
    if not ticket.open_collaborations:
        return
    parts = rows.parts_of(uow.session, ticket.ticket_id)
    for part in parts:
        if part.is_open:
            work = _Work(uow, ticket, part, parts, act)
            told = work.helpers()
            part.cancel(None, act)
            work.tell("cancelled", told)


@dataclass
class _Work:
    """One part of a locked ticket, with the others, and who does something about it."""

    uow: UnitOfWork
    ticket: Ticket
    part: Collaboration
    parts: list[Collaboration]
    act: Act

    def requesters(self) -> list[UUID]:
        """Who waits for it: who asked, and who has the ticket now."""
        wanted = (self.part.requester_id, self.ticket.assignee_id)
        return [one for one in dict.fromkeys(wanted) if one and one != self.act.actor.subject]

    def helpers(self) -> list[UUID]:
        """Who sees to it, or all who might."""
        if self.part.taker_id is not None:
            return [self.part.taker_id]
        return _meant(self.uow, [self.part.target], self.act.actor)

    def keep(
        self, verb: str, told: Sequence[UUID] = (), **said: Any
    ) -> tuple[Ticket, Collaboration]:
        """Write the change down, in the timeline and for others."""
        self.tell(verb, told, **said)
        keep(self.uow, self.ticket)
        return self.ticket, self.part

    def tell(self, verb: str, told: Sequence[UUID] = (), **said: Any) -> None:
        """The same, but the ticket itself has yet to be kept."""
        self.ticket.count_collaborations(self.parts)
        entry = self.ticket.tell_part(verb, self.part, told, self.act, **said)
        attach_to_entry(self.uow.session, said.get("files", ()), entry.entry_id)
        rows.keep_parts(self.uow.session, [self.part])
        _remember_due(self.uow, [self.part])


def _as_helper(uow: UnitOfWork, actor: Actor, now: datetime, collaboration_id: UUID) -> _Work:
    """Whoever belongs to the target deals with it, whether or not they see the ticket."""
    work = _find(uow, actor, now, collaboration_id)
    if work is None:
        raise _unknown()
    if work.part.target_id not in rows.targets_of(uow.session, actor.subject):
        raise Forbidden("collaboration.not_asked", "only those who were asked may do this")
    return work


def _as_requester(
    uow: UnitOfWork, actor: Actor, now: datetime, number: str, collaboration_id: UUID
) -> _Work:
    """Whoever works on the ticket."""
    ticket, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    ticket.check_requester(act)
    parts = rows.parts_of(uow.session, ticket.ticket_id)
    part = next((one for one in parts if one.collaboration_id == collaboration_id), None)
    if part is None:
        raise _unknown()
    return _Work(uow, ticket, part, parts, act)


def _find(uow: UnitOfWork, actor: Actor, now: datetime, collaboration_id: UUID) -> _Work | None:
    ticket_id = rows.ticket_of_part(uow.session, collaboration_id)
    ticket = lock_by_id(uow.session, ticket_id) if ticket_id else None
    if ticket is None:
        return None
    # Behind the ticket's lock, so that nobody changes it meanwhile.
    parts = rows.parts_of(uow.session, ticket.ticket_id)
    part = next(one for one in parts if one.collaboration_id == collaboration_id)
    return _Work(uow, ticket, part, parts, Act(actor, now, uuid7))


def _target(uow: UnitOfWork, place: int, wanted: Wanted) -> Target:
    checks.one_of(f"parts.{place}.target_kind", wanted.target_kind, TARGETS)
    found = rows.find_target(uow.session, wanted.target_kind, wanted.target_id)
    if found is None:
        message = f"no such {wanted.target_kind} that works here"
        raise field_error(f"parts.{place}.target_id", message, "collaboration.target_unknown")
    return found


def _part(
    ticket: Ticket, target: Target, wanted: Wanted, place: int, note: str | None, act: Act
) -> Collaboration:
    assert act.actor.subject is not None
    words = {"duty": check_duty(f"parts.{place}.duty", wanted.duty)}
    return Collaboration(
        collaboration_id=act.new_id(),
        ticket_id=ticket.ticket_id,
        target_kind=target.kind,
        target_id=target.target_id,
        target_name=target.name,
        requester_id=act.actor.subject,
        requester_name=act.actor.name,
        asked_at=act.now,
        updated_at=act.now,
        due_at=check_due(f"parts.{place}.due_at", wanted.due_at, act.now),
        words=words | ({"note": note} if note else {}),
    )


def _meant(uow: UnitOfWork, targets: Sequence[Target], actor: Actor) -> list[UUID]:
    found = [one for each in targets for one in rows.people_of(uow.session, each, _MOST_TOLD)]
    return [one for one in dict.fromkeys(found) if one != actor.subject][:_MOST_TOLD]


def _remember_due(uow: UnitOfWork, parts: Sequence[Collaboration]) -> None:
    """A timer for each that waits and has a time limit; none for the others."""
    waiting: Mapping[str, datetime] = {
        str(part.collaboration_id): part.due_at
        for part in parts
        if part.is_open and part.due_at is not None and not part.is_overdue
    }
    for key, due_at in waiting.items():
        schedule_timer(uow.session, DUE_TIMER, key, due_at)
    over = [key for part in parts if (key := str(part.collaboration_id)) not in waiting]
    cancel_timers(uow.session, DUE_TIMER, over)


def _unknown() -> NotFound:
    return NotFound("collaboration.not_found", "there is no such collaboration")
