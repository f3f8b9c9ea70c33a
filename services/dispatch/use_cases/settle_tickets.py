"""Settles tickets whose rows are held: ends, confirms and begins assignments, and queues.

Repeating it changes nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.conditions import facts_of
from libs.common.customers.finders import find_customers
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS, PEOPLE
from libs.common.ids import uuid7
from services.dispatch.domain.assignments import (
    ACCEPT_TIMEOUT,
    ACTIVE,
    MANUAL,
    PROPOSED,
    Assignment,
)
from services.dispatch.domain.explaining import explain_plainly
from services.dispatch.domain.queueing import is_same_place, queue
from services.dispatch.domain.rules import first_match
from services.dispatch.domain.settling import Header, is_to_be_withdrawn, is_to_stay, settle
from services.dispatch.domain.waiting import Waiting
from services.dispatch.storage.assignment_rows import lost_assignments, open_assignments
from services.dispatch.storage.rule_book import load_rules
from services.dispatch.storage.ticket_copies import read_headers, unaccepted_epochs
from services.dispatch.storage.waiting_rows import waiting_of
from services.dispatch.use_cases.ledger import Ledger
from services.dispatch.use_cases.reading_events import Told
from services.dispatch.use_cases.telling import close_offer, withdraw


def settle_tickets(
    uow: UnitOfWork,
    ticket_ids: Collection[UUID],
    now: datetime,
    zone: ZoneInfo,
    told: Told | None = None,
) -> int:
    """Bring these into line with their copies; `told`: what events said beside the headers.

    The caller holds the tickets' rows. Returns how many tickets changed hands or places.
    """
    if not ticket_ids:
        return 0
    settling = _Settling(uow, now, zone, told or Told())
    return settling.run(ticket_ids)


class _Settling:
    """One batch."""

    def __init__(self, uow: UnitOfWork, now: datetime, zone: ZoneInfo, told: Told) -> None:
        self._uow = uow
        self._now = now
        self._zone = zone
        self._told = told
        self._ledger = Ledger(now)
        self._begun: list[tuple[Header, Assignment]] = []
        self._ended: dict[UUID, Assignment] = {}
        self._refused: dict[UUID, str] = {}
        self._changed: set[UUID] = set()

    def run(self, ticket_ids: Collection[UUID]) -> int:
        session = self._uow.session
        self._book = load_rules(session)
        headers = read_headers(session, ticket_ids)
        held = open_assignments(session, ticket_ids)
        self._waiting = waiting_of(session, ticket_ids)
        self._unaccepted = unaccepted_epochs(session, ticket_ids)
        self._ledger.keep(held.values())
        waits = [one for one in headers if self._settle(one, held.get(one.ticket_id))]
        self._explain_begun()
        self._queue(waits)
        self._ledger.write(session)
        return len(self._changed)

    def _settle(self, header: Header, held: Assignment | None) -> bool:
        """Whether the ticket has to wait for somebody."""
        if held and self._hear_answer(held):
            held = None
        settlement = settle(header, held)
        if settlement.ends and held:
            self._end(held, settlement.ends)
            held = None
        if settlement.confirms and held:
            held.confirm(header.occurred_at)
            self._changed.add(header.ticket_id)
        if settlement.begins:
            held = self._begin(header)
        if held:
            self._follow(header, held)
        if not settlement.waits:
            self._leave(header)
        return settlement.waits

    def _hear_answer(self, held: Assignment) -> bool:
        """Ticketing's answer to a proposal, if there is one; whether it was a refusal."""
        if held.state == PROPOSED and held.assignment_id in self._told.confirmed:
            held.confirm(self._now)
            self._changed.add(held.ticket_id)
        reason = self._told.refused.get(held.assignment_id)
        if reason is None or held.state != PROPOSED:
            return False
        self._refused[held.ticket_id] = reason
        self._end(held, reason)
        return True

    def _end(self, held: Assignment, cause: str) -> None:
        held.end(cause, self._now)
        self._ended[held.ticket_id] = held
        self._changed.add(held.ticket_id)

    def _begin(self, header: Header) -> Assignment:
        """Ticketing has given it to somebody by itself: by hand, or by an escalation."""
        assert header.assignee_id is not None
        begun = Assignment(
            assignment_id=uuid7(),
            ticket_id=header.ticket_id,
            customer_id=header.customer_id,
            person_id=header.assignee_id,
            group_id=header.group_id,
            epoch=header.epoch,
            state=ACTIVE,
            mode=self._told.modes.get((header.ticket_id, header.epoch), MANUAL),
            weight=0,
            confirmed_at=header.occurred_at,
        )
        self._begun.append((header, begun))
        self._ledger.begin(begun)
        self._changed.add(header.ticket_id)
        return begun

    def _follow(self, header: Header, held: Assignment) -> None:
        settings = self._book.settings
        held.weight = settings.weight_of(header.urgency, header.channel, header.status_category)
        if held.epoch == header.epoch:
            held.accepted_at = header.accepted_at
        if is_to_stay(header, held):
            held.stay()
        unaccepted = self._unaccepted.get(header.ticket_id)
        if is_to_be_withdrawn(header, held, unaccepted):
            held.withdraw(ACCEPT_TIMEOUT, self._now)
            self._ledger.decide(header.ticket_id, "withdrawn", explain_plainly(ACCEPT_TIMEOUT))
            withdraw(self._uow, header, held, cause=self._told.causes.get(header.ticket_id))

    def _leave(self, header: Header) -> None:
        waiting = self._waiting.get(header.ticket_id)
        if waiting:
            self._ledger.leave(waiting)
            close_offer(self._uow, header, waiting, "ended" if header.is_finished else "taken")
            self._changed.add(header.ticket_id)

    def _explain_begun(self) -> None:
        if not self._begun:
            return
        session = self._uow.session
        people = names_of(session, PEOPLE, {one.person_id for _, one in self._begun})
        groups = names_of(session, GROUPS, {one.group_id for _, one in self._begun if one.group_id})
        for header, begun in self._begun:
            explanation = explain_plainly(
                begun.mode,
                group_id=begun.group_id,
                group_name=groups.get(begun.group_id) if begun.group_id else None,
                person_id=begun.person_id,
                person_name=people.get(begun.person_id),
            )
            begun.decision_id = self._ledger.decide(
                header.ticket_id, "manual", explanation, begun.mode
            )

    def _queue(self, headers: Iterable[Header]) -> None:
        headers = list(headers)
        session = self._uow.session
        customers = find_customers(session, {one.customer_id for one in headers})
        ids = [one.ticket_id for one in headers]
        lost = lost_assignments(session, ids, self._now) if ids else {}
        for header in headers:
            customer = customers.get(header.customer_id)
            facts = facts_of(
                header.as_facts(),
                tier=customer.tier if customer else None,
                language=customer.language if customer else None,
                zone=self._zone,
                now=self._now,
            )
            just = self._ended.get(header.ticket_id)
            before = self._waiting.get(header.ticket_id)
            place = queue(
                header,
                first_match(self._book.rules, facts, header.group_id),
                before,
                [*lost.get(header.ticket_id, ()), *([just] if just else ())],
                refused=self._refused.get(header.ticket_id),
                rules_revision=self._book.settings.rules_revision,
                now=self._now,
            )
            self._place(header, place, before)

    def _place(self, header: Header, place: Waiting, before: Waiting | None) -> None:
        is_same = before is not None and is_same_place(before, place)
        if before and not is_same:
            close_offer(self._uow, header, before, "ended")
        if place.rule_id is None and not is_same:
            explanation = explain_plainly(place.trigger, group_id=place.group_id, tried=place.tried)
            self._ledger.decide(header.ticket_id, "unmatched", explanation)
            place.is_explained = True
        if not is_same:
            self._changed.add(header.ticket_id)
        if place != before:
            self._ledger.queue(place)
        else:
            # A drain that passes now may have found the ticket held by us, and left it.
            self._ledger.wake(place.group_id)
