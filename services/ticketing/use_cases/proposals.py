"""Carries out what dispatch proposes and withdraws, or tells it why not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.common.contracts.dispatch import AssignmentProposed, AssignmentWithdrawn
from libs.common.contracts.envelope import Event
from libs.common.contracts.ticketing import AssignmentConfirmed, AssignmentRefused
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES, Handing, Proposal
from services.ticketing.domain.placing import Colleague, Team
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.directory import find_colleagues, find_teams, has_people
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.use_cases.keeping import keep

# Nobody: gives proposals of people whom a filled copy does not know their answer.
_STRANGER = Colleague(is_active=False)


def answer_dispatch(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """Each proposal makes its assignment, or is confirmed as made, or refused; in their order."""
    tickets = lock_by_ids(uow.session, (event.data["ticket_id"] for event in events))
    proposals = _Proposals(
        uow, [event for event in events if event.type == AssignmentProposed.type]
    )
    for event in events:
        ticket, act = tickets.get(event.data["ticket_id"]), Act(RULES, now, uuid7, cause=event)
        if event.type == AssignmentProposed.type:
            proposals.answer(event, ticket, act)
        elif event.type == AssignmentWithdrawn.type and ticket is not None:
            _withdraw(ticket, event.data, act)
    keep(uow, *tickets.values())


def _withdraw(ticket: Ticket, data: dict[str, Any], act: Act) -> None:
    note = checks.storable(data.get("note"))
    ticket.withdraw(data["assignee_id"], data["epoch"], data["cause"], note, act)


class _Proposals:
    """A batch of proposals, with what the organisation's copy says about them."""

    def __init__(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        self._uow = uow
        people = {event.data["assignee_id"] for event in events}
        groups = {event.data["group_id"] for event in events if event.data["group_id"]}
        self._colleagues = find_colleagues(uow.session, people)
        self._teams = find_teams(uow.session, groups)
        is_complete = people <= self._colleagues.keys() or not has_people(uow.session)
        self._stranger = None if is_complete else _STRANGER

    def answer(self, event: Event, ticket: Ticket | None, act: Act) -> None:
        """`ticket.assigned` is the answer to a proposal that is made so."""
        data = checks.storable(event.data)
        if ticket is None:
            self._refuse(event, "unknown", 0)
        elif ticket.is_theirs(data["assignment_id"]):
            self._emit(AssignmentConfirmed, event, epoch=ticket.assignment_epoch)
        else:
            proposal = self._proposal(data)
            reason = ticket.refusal_of(proposal)
            if reason is None:
                name, note, how = proposal.name, proposal.note, proposal.handing
                ticket.hand(proposal.assignee_id, name, note, how, act)
            else:
                self._refuse(event, reason, ticket.assignment_epoch)

    def _proposal(self, data: dict[str, Any]) -> Proposal:
        team: Team | None = self._teams.get(data["group_id"])
        handing = Handing(
            colleague=self._colleagues.get(data["assignee_id"], self._stranger),
            team=team,
            assignment_id=data["assignment_id"],
            mode=data["mode"],
        )
        name, note = data["assignee_name"], data.get("note")
        return Proposal(data["assignee_id"], name, note, data["epoch"], handing)

    def _refuse(self, event: Event, reason: str, epoch: int) -> None:
        self._emit(AssignmentRefused, event, epoch=epoch, reason=reason)

    def _emit(self, schema: type, event: Event, **answer: Any) -> None:
        ids = {name: event.data[name] for name in ("assignment_id", "ticket_id")}
        self._uow.emit(schema, subject=str(ids["ticket_id"]), data=ids | answer, cause=event)
