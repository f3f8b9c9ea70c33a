"""The words of urgency as administrators keep them, and what people do about a hint."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.urgency_words import UrgencyWords
from services.ticketing.storage import urgency_words as storage
from services.ticketing.storage.versioned_rows import demand_version
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep


def edit_urgency_words(
    uow: UnitOfWork, version: int | None, changes: Mapping[str, Any]
) -> tuple[Row[Any], Row[Any]]:
    """Other scales or hints; returns the rows before and after."""
    before = storage.lock_row(uow.session)
    demand_version(version, before)
    words = UrgencyWords.read(before.words)
    changed = words.changed(changes)
    return before, before if changed == words else storage.write_words(uow.session, changed)


def answer_urgency_hint(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    is_accepted: bool,
    version: int | None,
) -> Ticket:
    """采纳 or 忽略 of what the customer's words propose."""
    ticket, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    ticket.check_version(version)
    if is_accepted:
        ticket.accept_hint(act)
    else:
        ticket.ignore_hint(act)
    keep(uow, ticket)
    return ticket
