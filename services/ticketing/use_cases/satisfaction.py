"""What customers say of solutions: in a survey, or to somebody of the staff. The shell commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from libs.common.actor import Actor
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.rating import STAFF, SURVEY, Judgement, check_judgement
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Entry
from services.ticketing.storage.entry_finders import entries_there
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep

# How staff heard of it; what is not among these is `other`.
WAYS = ("phone", "visit", "mail", "chat", "other")


def rate_tickets(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """Each answered survey is one entry of its ticket, however often it comes (R103)."""
    tickets = lock_by_ids(uow.session, (event.data["ticket_id"] for event in events))
    # Behind the locks: only so it is certain what has been kept.
    known = entries_there(
        uow.session, {_entry_id(event): event.data["ticket_id"] for event in events}
    )
    for event in events:
        ticket, entry_id = tickets.get(event.data["ticket_id"]), _entry_id(event)
        if ticket is not None and not ticket.is_purged and entry_id not in known:
            known.add(entry_id)
            customer = Actor(ticket.customer_id, ticket.customer_name, kind="customer")
            ticket.rate(entry_id, _answered(event), Act(customer, now, uuid7, cause=event))
    keep(uow, *tickets.values())


def judge_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    is_satisfied: bool,
    words: str,
    score: int | None = None,
    channel: str | None = None,
    said_at: datetime | None = None,
) -> tuple[Ticket, Entry]:
    """Write down what the customer said in another way; not satisfied: work goes on.

    `said_at`: when they said it, e.g. on the phone; now, where nothing is said of it.
    """
    words = checks.required_text("words", words, checks.REASON_LIMIT)
    told_by = None if channel is None else checks.one_of("channel", channel, WAYS)
    check_judgement(is_satisfied, score)
    ticket = find_ticket(uow, actor, number)
    judged_at = said_at or now
    judgement = Judgement(STAFF, judged_at, is_satisfied, score, words=words, told_by=told_by)
    entry = ticket.judge(judgement, Act(actor, now, uuid7))
    keep(uow, ticket)
    return ticket, entry


def _entry_id(event: Event) -> UUID:
    """The same whenever the same answer is told again."""
    return uuid5(event.data["survey_id"], "answered")


def _answered(event: Event) -> Judgement:
    data = checks.storable(event.data)
    return Judgement(
        source=SURVEY,
        judged_at=data["answered_at"],
        is_satisfied=False if data["is_low"] else data.get("is_satisfied"),
        score=data["score"],
        nps=data.get("nps"),
        reasons=tuple(data["tags"]),
        words=data.get("comment") or None,
        survey_id=data["survey_id"],
        solved_seq=data["solved_seq"],
    )
