"""Gives tickets children, and lets them go. The shell commits."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, Forbidden, NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.placing import Place
from services.ticketing.domain.rights import may_work
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import CustomerMessage
from services.ticketing.domain.vocabulary import DEFAULT_URGENCY, INTERNAL, URGENCIES
from services.ticketing.storage.directory import find_team
from services.ticketing.storage.families import lineage_of
from services.ticketing.storage.ticket_finders import ids_of
from services.ticketing.use_cases.finding_several import find_several, find_these
from services.ticketing.use_cases.keeping import keep, keep_entries, keep_new, tell


def attach_child(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, child: str
) -> Ticket:
    """An existing ticket becomes a child of this one."""
    parent, [attached] = find_several(uow, actor, number, [child], "number", is_family=True)
    lineage = lineage_of(uow.session, parent.ticket_id, attached.ticket_id)
    parent.attach_child(attached, lineage, Act(actor, now, uuid7))
    keep(uow, parent, attached)
    return parent


def open_child(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    number: str,
    subject: str,
    text: str,
    urgency: str | None = None,
    group_id: UUID | None = None,
) -> tuple[Ticket, Ticket]:
    """A new ticket as a child; returns parent and child.

    It is the colleague's who asks, not the customer's: customers must not see it.
    """
    if actor.subject is None:
        raise Forbidden("ticket.not_assignee", "only people open child tickets")
    parent, _ = find_several(uow, actor, number, [], "number", is_family=True)
    if not may_work(parent.assignee_id, actor):
        raise Forbidden("ticket.not_assignee", "only the assignee works on this ticket")
    parent.check_parenting(lineage_of(uow.session, parent.ticket_id, None))
    place = _place(uow, group_id, parent)
    act = Act(actor, now, uuid7)
    opening = Opening(
        ticket_id=uuid7(),
        customer_id=actor.subject,
        customer_name=actor.name,
        subject=checks.required_text("subject", subject, checks.SUBJECT_LIMIT),
        channel=INTERNAL,
        kind=INTERNAL,
        urgency=checks.one_of("urgency", urgency or DEFAULT_URGENCY, URGENCIES),
        message=CustomerMessage(checks.required_text("text", text), now),
        group_id=place.group_id,
        group_name=place.group_name,
        department_id=place.department_id,
        region_id=place.region_id,
        parent_id=parent.ticket_id,
    )
    child = Ticket.open(opening, act)
    keep_entries(uow, [child])
    keep_new(uow, [child], zone)
    parent.take_new_child(child, act)
    tell(uow, [child])
    keep(uow, parent)
    return parent, child


def detach_child(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, child: str
) -> Ticket:
    """A child of this ticket goes its own way."""
    ids = ids_of(uow.session, [number, child])
    tickets = find_these(uow, actor, list(ids.values()))
    if ids.get(number) not in tickets:
        raise NotFound("ticket.not_found", "there is no such ticket")
    parent, detached = tickets[ids[number]], tickets.get(ids.get(child, uuid7()))
    if detached is None:
        raise Conflict("family.no_child", f"{child} is no child of this ticket")
    parent.detach_child(detached, Act(actor, now, uuid7))
    keep(uow, parent, detached)
    return parent


def _place(uow: UnitOfWork, group_id: UUID | None, parent: Ticket) -> Place:
    if group_id is None:
        return Place(region_id=parent.region_id)
    team = find_team(uow.session, group_id)
    if team is None:
        raise field_error("group_id", "no group that can be given tickets", "group.unknown")
    return Place(region_id=parent.region_id).in_team(team)
