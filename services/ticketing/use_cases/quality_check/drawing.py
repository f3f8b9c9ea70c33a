"""Draws reviews: by rules as tickets end, by hand one ticket, or a bounded sample of many."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common import scope
from libs.common.actor import SYSTEM, Actor
from libs.common.conditions import Condition, facts_of
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_group, find_groups, find_people, find_person
from libs.common.errors import Conflict, Unavailable, field_error
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.quality_check import review as words
from services.ticketing.domain.quality_check.review import Review, Reviewer
from services.ticketing.domain.quality_check.sampling import (
    GROUP,
    PERSON,
    SamplingRule,
    event_of,
    is_in_share,
    period_start,
)
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.storage.quality_check.review_rows import (
    add_review,
    add_sampled,
    has_open_review,
)
from services.ticketing.storage.quality_check.rule_rows import (
    count_taken,
    load_sampling,
    newest_numbers,
    take_turn_for,
)
from services.ticketing.storage.quality_check.tables import quality_reviews
from services.ticketing.storage.searching import at_most, fitting
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.versioned_rows import take_turn
from services.ticketing.use_cases.finding import find_ticket

_FINISHED = ("solved", "closed")
_LONGEST = 3_000  # milliseconds
_TURN = "quality_draw"


def sample_ended(uow: UnitOfWork, events: Collection[Event], now: datetime, zone: ZoneInfo) -> None:
    """Each rule looks at each ticket as it ended; whatever is told again draws nothing anew."""
    ended = [(event, event_of(event.type, event.data)) for event in events]
    names = {name for _, name in ended if name}
    rules = load_sampling(uow.session, names) if names else []
    wanted = [
        (rule, event)
        for event, name in ended
        for rule in rules
        if rule.event == name and _takes(rule, event, zone)
    ]
    if not wanted:
        return
    # In one order, so that replicas wait for one another and do not deadlock.
    wanted.sort(key=lambda one: (one[0].rule_id, one[1].data["assignee_id"], one[1].subject))
    people = {event.data["assignee_id"] for _, event in wanted}
    groups = {event.data["group_id"] for _, event in wanted if event.data["group_id"]}
    for rule, _ in wanted:
        (people if rule.reviewer_kind == PERSON else groups).add(rule.reviewer_id)
    drawing = _Drawing(uow.session, people, groups, {rule.sheet_id for rule, _ in wanted}, now)
    for rule, event in wanted:
        drawing.sample(rule, event, zone)


def _takes(rule: SamplingRule, event: Event, zone: ZoneInfo) -> bool:
    data = event.data
    handler_id = data["assignee_id"]
    if handler_id is None or rule.reviewer_id == handler_id:
        return False
    if rule.percent is not None and not is_in_share(data["ticket_id"], rule.rule_id, rule.percent):
        return False
    at = data["occurred_at"]
    return rule.condition.holds(facts_of(data, tier=None, language=None, zone=zone, now=at))


class _Drawing:
    """One batch of ended tickets on its way through the rules."""

    def __init__(
        self,
        session: Session,
        people: Collection[UUID],
        groups: Collection[UUID],
        sheets: Collection[UUID],
        now: datetime,
    ) -> None:
        self._session, self._now = session, now
        self._people = {key: one.name for key, one in find_people(session, people).items()}
        self._groups = {key: one.name for key, one in find_groups(session, groups).items()}
        self._numbers = newest_numbers(session, sheets)

    def sample(self, rule: SamplingRule, event: Event, zone: ZoneInfo) -> None:
        """Draw, if the rule has not had enough of this agent."""
        data = event.data
        start = None
        if rule.per_agent is not None:
            start = period_start(rule.period or "", data["occurred_at"], zone)
            taken = take_turn_for(self._session, rule.rule_id, data["assignee_id"], start)
            if taken >= rule.per_agent:
                return
        review = self._review(rule, data)
        if add_sampled(self._session, review) and start is not None:
            count_taken(self._session, rule.rule_id, data["assignee_id"], start)

    def _review(self, rule: SamplingRule, data: Mapping[str, Any]) -> Review:
        place = data["scope"]
        named = (rule.reviewer_id, "")
        if rule.reviewer_kind == PERSON:
            reviewer = Reviewer(person=(named[0], self._people.get(named[0], "")))
        else:
            reviewer = Reviewer(group=(named[0], self._groups.get(named[0], "")))
        return _drawn(
            Act(SYSTEM, self._now, uuid7),
            reviewer,
            words.BY_RULE,
            rule_id=rule.rule_id,
            ticket_id=data["ticket_id"],
            sheet_id=rule.sheet_id,
            sheet_number=self._numbers[rule.sheet_id],
            handler_id=data["assignee_id"],
            handler_name=self._people.get(data["assignee_id"], ""),
            group_id=data["group_id"],
            group_name=self._groups.get(data["group_id"]),
            department_id=place.get("department"),
            region_id=place.get("region"),
            customer_id=data["customer_id"],
        )


def draw_review(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    sheet_id: UUID,
    reviewer: Reviewer,
) -> Review:
    """Check this ticket, whatever the rules say."""
    ticket = find_ticket(uow, actor, number)
    sheet_number = _sheet_number(uow.session, sheet_id)
    if ticket.assignee_id is None:
        raise Conflict("quality.no_handler", "nobody handles this ticket")
    if has_open_review(uow.session, ticket.ticket_id, sheet_id):
        raise Conflict("quality.drawn_already", "this ticket is being checked by this sheet")
    act = Act(actor, now, uuid7)
    review = _of_ticket(ticket, act, reviewer, words.BY_HAND, (sheet_id, sheet_number))
    add_review(uow.session, review)
    return review


def draw_sample(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    condition: Condition,
    days: int,
    count: int,
    sheet_id: UUID,
    reviewer: Reviewer,
) -> list[tuple[Review, str]]:
    """Some of the tickets that ended in the last days, that fit, and that the actor sees.

    Never one of the reviewer's own, nor what is being checked by this sheet. Returns what was
    drawn with the tickets' numbers; raises Unavailable where looking takes too long.
    """
    take_turn(uow.session, _TURN)
    sheet_number = _sheet_number(uow.session, sheet_id)
    act = Act(actor, now, uuid7)
    is_being_checked = (
        select(quality_reviews.c.review_id)
        .where(
            quality_reviews.c.ticket_id == tickets.c.ticket_id,
            quality_reviews.c.sheet_id == sheet_id,
            quality_reviews.c.state != words.CONFIRMED,
        )
        .exists()
    )
    conditions = [
        tickets.c.status_category.in_(_FINISHED),
        func.coalesce(tickets.c.closed_at, tickets.c.solved_at) >= now - timedelta(days=days),
        tickets.c.deleted_at.is_(None),
        tickets.c.assignee_id.is_not(None),
        scope.visible(actor, TICKET_SCOPE),
        fitting(condition, now, zone),
        ~is_being_checked,
    ]
    if reviewer.person is not None:
        conditions.append(tickets.c.assignee_id != reviewer.person[0])
    # In an order that nobody can choose: by the ticket and the draw.
    order = func.md5(func.concat(tickets.c.ticket_id, str(act.new_id())))
    statement = select(*_NEEDED).where(*conditions).order_by(order).limit(count)
    with at_most(uow.session, _LONGEST) as was_cut:
        rows = uow.session.execute(statement).all()
    if was_cut:
        raise Unavailable("quality.sample_slow", "looking took too long; narrow the filter")
    drawn = [
        (_of_ticket(row, act, reviewer, words.BY_SAMPLE, (sheet_id, sheet_number)), row.number)
        for row in rows
    ]
    for review, _ in drawn:
        add_review(uow.session, review)
    return drawn


_NEEDED = (
    *(tickets.c.ticket_id, tickets.c.number, tickets.c.assignee_id, tickets.c.assignee_name),
    *(tickets.c.group_id, tickets.c.group_name, tickets.c.department_id, tickets.c.region_id),
    tickets.c.customer_id,
)


def find_reviewer(session: Session, actor: Actor, kind: str, reviewer_id: UUID | None) -> Reviewer:
    """Who is named; the actor where nobody is. Raises InvalidInput for who is not there."""
    if reviewer_id is None and actor.subject is not None:
        return Reviewer(person=(actor.subject, actor.name))
    if kind == GROUP and reviewer_id is not None:
        group = find_group(session, reviewer_id)
        if group is not None and group.is_active:
            return Reviewer(group=(group.group_id, group.name))
    elif reviewer_id is not None:
        person = find_person(session, reviewer_id)
        if person is not None and person.is_active and person.kind == "staff":
            return Reviewer(person=(person.person_id, person.name))
    raise field_error("reviewer_id", "is not known, or no longer in use", "reviewer.unknown")


def _sheet_number(session: Session, sheet_id: UUID) -> int:
    number = newest_numbers(session, [sheet_id]).get(sheet_id)
    if number is None:
        raise field_error("sheet_id", "is no score sheet in use", "score_sheet.not_active")
    return number


def _of_ticket(
    ticket: Any, act: Act, reviewer: Reviewer, source: str, sheet: tuple[UUID, int]
) -> Review:
    """Takes a ticket or its row."""
    return _drawn(
        act,
        reviewer,
        source,
        rule_id=None,
        ticket_id=ticket.ticket_id,
        sheet_id=sheet[0],
        sheet_number=sheet[1],
        handler_id=ticket.assignee_id,
        handler_name=ticket.assignee_name or "",
        group_id=ticket.group_id,
        group_name=ticket.group_name,
        department_id=ticket.department_id,
        region_id=ticket.region_id,
        customer_id=ticket.customer_id,
    )


def _drawn(act: Act, reviewer: Reviewer, source: str, **facts: Any) -> Review:
    review = Review(
        review_id=act.new_id(),
        source=source,
        reviewer_id=None,
        reviewer_name=None,
        reviewer_group_id=None,
        reviewer_group_name=None,
        drawn_at=act.now,
        updated_at=act.now,
        **facts,
    )
    review.assign(reviewer)
    review.note_step("drawn", act)
    return review
