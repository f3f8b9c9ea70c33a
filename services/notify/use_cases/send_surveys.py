"""Asks customers: orders what is due, sees whether it has been sent, and ends what is too late."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.contracts.notify import SurveySent
from libs.common.crypto import Undecryptable
from libs.common.database.unit_of_work import Database, UnitOfWork
from services.notify.domain.happenings import CUSTOMER, Happening
from services.notify.domain.survey_links import path_of
from services.notify.domain.surveys import SurveyStatus
from services.notify.storage import surveys as storage
from services.notify.storage.addresses import find_cards
from services.notify.storage.survey_tables import SurveyRow
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.tell import tell

_log = logging.getLogger(__name__)

_BATCH = 50
_EXPIRED_AT_ONCE = 1_000
_SHORTEST_LOOK, _LONGEST_LOOK = timedelta(seconds=1), timedelta(minutes=10)
_FINAL = ("failed", "skipped", "unknown")
_IDS = ("ticket_id", "customer_id", "contact_id", "assignee_id", "group_id")
_INSTANTS = ("created_at", "occurred_at")


def send_surveys(database: Database, desk: Desk, now: datetime) -> bool:
    """Order those that are due; returns whether there may be more.

    Without an address of our own nobody is sent anywhere: the request's page alone has the link.
    """
    with database.begin() as uow:
        due = storage.lock_due(uow.session, now, _BATCH)
        if not due:
            return False
        if desk.public_url:
            tell(uow, desk, now, [_happening(uow, desk, row) for row in due])
        for row in due:
            row.ordered_at, row.header_encrypted = now, None
            row.next_look_at = now + _SHORTEST_LOOK if desk.public_url else None
        uow.commit()
    return len(due) == _BATCH


def _happening(uow: UnitOfWork, desk: Desk, row: SurveyRow) -> Happening:
    """The language may have become known only after the ticket was solved."""
    card = find_cards(uow.session, desk.keys, [row.customer_id]).get(row.customer_id)
    row.language = card.language if card else row.language
    return Happening(
        occasion="survey",
        occasion_key=storage.occasion_key(row.survey_id),
        header=_header(desk, row),
        # The short form: an SMS has few letters, and mails say the same.
        extra={"survey_url": f"{desk.public_url}{path_of(row.code)}"},
        audiences=(CUSTOMER,),
    )


def _header(desk: Desk, row: SurveyRow) -> dict[str, Any]:
    try:
        header = storage.open_header(desk.keys, row)
    except Undecryptable:
        _log.exception("what survey %s says of its ticket cannot be read", row.survey_id)
        header = {}
    known = {"ticket_id": row.ticket_id, "number": row.number, "customer_id": row.customer_id}
    return _typed(header) | known | {"contact_id": row.contact_id}


def _typed(header: Mapping[str, Any]) -> dict[str, Any]:
    """As an event's data has it; JSON has no ids and instants."""
    typed = dict(header)
    typed |= {name: UUID(typed[name]) for name in _IDS if typed.get(name)}
    return typed | {
        name: datetime.fromisoformat(typed[name]) for name in _INSTANTS if typed.get(name)
    }


def note_sent_surveys(database: Database, now: datetime) -> bool:
    """Those whose message has gone out are sent: only now the customer has been asked."""
    with database.begin() as uow:
        ordered = storage.lock_ordered(uow.session, now, _BATCH)
        if not ordered:
            return False
        deliveries = storage.deliveries_of(uow.session, ordered)
        for row in ordered:
            delivery = deliveries.get(row.survey_id)
            if delivery is not None and delivery.status == "sent":
                mark_sent(uow, row, delivery.channel, delivery.sent_at)
            elif delivery is None or delivery.status in _FINAL:
                # Ordered by the commit that began to look after it: what is not there by now never
                # will be. No rule tells such customers, or they were told already.
                row.next_look_at = None
            else:
                row.next_look_at = _next_look(row, now)
        uow.commit()
    return len(ordered) == _BATCH


def _next_look(row: SurveyRow, now: datetime) -> datetime:
    """After as long again as it has been on its way."""
    age = now - (row.ordered_at or now)
    return now + min(max(age, _SHORTEST_LOOK), _LONGEST_LOOK)


def mark_sent(uow: UnitOfWork, row: SurveyRow, channel: str, sent_at: datetime) -> None:
    """The customer was asked."""
    row.status, row.channel, row.sent_at = SurveyStatus.SENT, channel, sent_at
    row.next_look_at = row.header_encrypted = None
    asked = {"channel": channel, "sent_at": sent_at}
    uow.emit(SurveySent, subject=str(row.ticket_id), data=named(row) | asked)


def named(row: SurveyRow) -> dict[str, Any]:
    """Which survey an event is about."""
    names = ("survey_id", "ticket_id", "number", "customer_id", "solved_seq")
    return {name: getattr(row, name) for name in names}


def expire_surveys(database: Database, now: datetime) -> bool:
    """End those that nobody answered in time; returns whether there may be more."""
    with database.begin() as uow:
        gone = storage.expire_surveys(uow.session, now, _EXPIRED_AT_ONCE)
        uow.commit()
    return gone == _EXPIRED_AT_ONCE
