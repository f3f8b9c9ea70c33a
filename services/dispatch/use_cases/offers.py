"""Tickets that may be grabbed: told to the group, taken by one, or assigned after all."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.rules import GRAB, PUSH
from services.dispatch.domain.settling import Header
from services.dispatch.domain.waiting import Waiting
from services.dispatch.storage.candidates import load_candidates
from services.dispatch.storage.rule_book import RuleBook, load_rules
from services.dispatch.storage.ticket_copies import lock_tickets, read_headers
from services.dispatch.storage.waiting_rows import (
    not_offered_yet,
    offered_too_long,
    waiting_of,
)
from services.dispatch.use_cases.ledger import Ledger
from services.dispatch.use_cases.telling import close_offer, open_offer

_BATCH = 100

_Pair = tuple[Header, Waiting]


def open_offers(database: Database, now: datetime) -> bool:
    """Offer what is not offered yet; whether there was any."""
    with database.begin() as uow:
        pairs = [
            pair
            for pair in _hold(uow, not_offered_yet(uow.session, now, _BATCH))
            if pair[1].mode == GRAB and pair[1].offer_id is None
        ]
        opened = _open(uow, pairs, now) if pairs else 0
        uow.commit()
    return bool(opened)


def expire_offers(database: Database, now: datetime) -> bool:
    """What nobody has grabbed in time is decided like everything else; whether there was any."""
    with database.begin() as uow:
        ledger = Ledger(now)
        expired = [
            pair
            for pair in _hold(uow, offered_too_long(uow.session, now, _BATCH))
            if pair[1].offer_ends_at and pair[1].offer_ends_at <= now
        ]
        for header, waiting in expired:
            close_offer(uow, header, waiting, "expired")
            waiting.mode, waiting.offer_id, waiting.offer_ends_at = PUSH, None, None
            waiting.offered_to = []
            ledger.queue(waiting)
        ledger.write(uow.session)
        crash_point("dispatch_after_expiry_before_commit")
        uow.commit()
    return bool(expired)


def _hold(uow: UnitOfWork, ticket_ids: Iterable[UUID]) -> list[_Pair]:
    ids = list(ticket_ids)
    if not ids:
        return []
    lock_tickets(uow.session, ids)
    waiting = waiting_of(uow.session, ids)
    headers = read_headers(uow.session, ids)
    return [(one, waiting[one.ticket_id]) for one in headers if one.ticket_id in waiting]


def _open(uow: UnitOfWork, pairs: list[_Pair], now: datetime) -> int:
    book, ledger, opened = load_rules(uow.session), Ledger(now), 0
    groups = {waiting.group_id for _, waiting in pairs if waiting.group_id}
    people = load_candidates(uow.session, groups, now, book.settings)
    for header, waiting in pairs:
        if _offer(waiting, book, people, now):
            ledger.put(waiting)
            open_offer(uow, header, waiting)
            opened += 1
    ledger.write(uow.session)
    return opened


def _offer(
    waiting: Waiting, book: RuleBook, people: dict[UUID, list[Candidate]], now: datetime
) -> bool:
    """False where the rule was removed a moment ago: the ticket will be matched anew."""
    rule = book.by_id.get(waiting.rule_id) if waiting.rule_id else None
    if rule is None or waiting.group_id is None:
        return False
    waiting.offer_id = uuid7()
    waiting.offered_to = [one.person_id for one in people[waiting.group_id] if one.may_grab]
    if rule.grab_seconds is not None:
        waiting.offer_ends_at = now + timedelta(seconds=rule.grab_seconds)
    return True
