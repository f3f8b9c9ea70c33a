"""Surveys follow their tickets: begun when one is solved, ended or moved by what comes after."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.contracts.ticketing import (
    TicketDeleted,
    TicketReopened,
    TicketSolved,
    TicketStatusChanged,
)
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.notify.domain.survey_links import make_code
from services.notify.domain.survey_settings import SurveySettings
from services.notify.domain.surveys import Solving, SurveyStatus, begin
from services.notify.storage import surveys as storage
from services.notify.storage.addresses import find_cards
from services.notify.storage.survey_settings import read_settings
from services.notify.use_cases.desk import Desk

# Enough to judge rules by and to fill texts with; what was written into the ticket is not asked.
_HEADER = (
    *("ticket_id", "number", "seq", "subject", "kind", "urgency", "status", "status_category"),
    *("channel", "customer_id", "customer_name", "contact_id", "assignee_id", "group_id"),
    *("created_at", "occurred_at", "tags", "custom_fields", "scope"),
)
_GUARDED = (
    TicketSolved.type,
    TicketReopened.type,
    TicketStatusChanged.type,
    TicketDeleted.type,
)


def follow_surveys(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """For events of tickets in any order and however often."""
    guarded = [event.data for event in events if event.type in _GUARDED]
    if guarded:
        storage.guard_tickets(uow.session, (data["ticket_id"] for data in guarded))
    opening = _Opening(uow, desk, now)
    for event in sorted(events, key=lambda one: (one.data["ticket_id"], one.data["seq"])):
        if event.type == TicketSolved.type:
            opening.open(event.data)
        elif _is_unasked(event):
            storage.cancel_unsent(uow.session, event.data["ticket_id"], event.data["seq"])
    storage.move_surveys(uow.session, [event.data for event in events])


def _is_unasked(event: Event) -> bool:
    """Taken up again, thrown away, or closed as what nobody is asked about (正常关闭 alone is)."""
    if event.type == TicketStatusChanged.type:
        return event.data.get("close_kind") not in (None, "normal")
    return event.type in (TicketReopened.type, TicketDeleted.type)


class _Opening:
    """Opens surveys of one batch; the settings are read when they are first needed."""

    def __init__(self, uow: UnitOfWork, desk: Desk, now: datetime) -> None:
        self._uow = uow
        self._keys = desk.keys
        self._link_key = desk.thread_keys[0]
        self._now = now
        self._settings: SurveySettings | None = None

    def open(self, ticket: Mapping[str, Any]) -> None:
        """One survey per solving; earlier ones of the ticket that nobody answered are over."""
        session, solving = self._uow.session, Solving.of(ticket)
        settings = self._settings = self._settings or read_settings(session)
        if settings.asks_about(solving):
            status = begin(solving, storage.find_course(session, solving.ticket_id))
            storage.add_survey(session, self._row(ticket, status, settings))
        storage.supersede_older(session, solving.ticket_id, solving.seq)

    def _row(
        self, ticket: Mapping[str, Any], status: SurveyStatus, settings: SurveySettings
    ) -> dict[str, Any]:
        survey_id = uuid7()
        send_at = self._now + settings.delay
        header = {name: ticket.get(name) for name in _HEADER}
        is_waiting = status is SurveyStatus.WAITING
        return {
            "survey_id": survey_id,
            "ticket_id": ticket["ticket_id"],
            "number": ticket["number"],
            "solved_seq": ticket["seq"],
            "customer_id": ticket["customer_id"],
            "contact_id": ticket.get("contact_id"),
            "kind": ticket["kind"],
            "agent_id": ticket.get("assignee_id"),
            **storage.scope_columns(ticket),
            "scope_seq": ticket["seq"],
            "status": status,
            "language": self._language_of(ticket["customer_id"]),
            "code": make_code(survey_id, self._link_key),
            "header_encrypted": storage.seal_header(self._keys, survey_id, header)
            if is_waiting
            else None,
            "created_at": self._now,
            "send_at": send_at,
            "expires_at": send_at + settings.valid,
            "tags": [],
        }

    def _language_of(self, customer_id: UUID) -> str:
        card = find_cards(self._uow.session, self._keys, [customer_id]).get(customer_id)
        return card.language if card else ""
