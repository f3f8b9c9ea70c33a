"""Runs automations: each handles a ticket once for each cause, a transaction a ticket."""

import logging
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.ruled import change
from services.ticketing.domain.rules import AUTOMATION, Rule
from services.ticketing.storage.automation_finders import due_tickets, take_due
from services.ticketing.storage.rule_rows import load_rules
from services.ticketing.storage.rule_runs import claim_cause, forget_runs, keep_runs
from services.ticketing.use_cases.acting import follow_actions
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.run_triggers import run_row

_log = logging.getLogger(__name__)

_BATCH = 200
_RUNS_KEPT = timedelta(days=90)
_MARKS_KEPT = timedelta(days=366)
_FORGOTTEN = 5_000


def run_automations(database: Database, now: datetime, zone: ZoneInfo) -> int:
    """All that are switched on, in their order; returns on how many tickets they acted.

    In any number of replicas at once: a ticket is claimed by one of them.
    """
    with database.begin(read_only=True) as uow:
        automations = load_rules(uow.session, AUTOMATION)
    return sum(_run(database, rule, now, zone) for rule in automations)


def _run(database: Database, rule: Rule, now: datetime, zone: ZoneInfo) -> int:
    ran, last = 0, None
    while True:
        with database.begin(read_only=True) as uow:
            batch = due_tickets(uow.session, rule, now, zone, limit=_BATCH, after=last)
        ran += sum(_run_apart(database, rule, row.ticket_id, now, zone) for row in batch)
        if len(batch) < _BATCH:
            return ran
        last = batch[-1]


def _run_apart(
    database: Database, rule: Rule, ticket_id: UUID, now: datetime, zone: ZoneInfo
) -> bool:
    """A ticket that it fails on holds up no other; the next round tries it again."""
    try:
        with database.begin() as uow:
            has_run = run_automation(uow, rule, ticket_id, now, zone)
            uow.commit()
            return has_run
    except Exception as error:
        if is_database_trouble(error):
            raise
        _log.exception("automation %s failed on ticket %s", rule.rule_id, ticket_id)
        return False


def run_automation(
    uow: UnitOfWork, rule: Rule, ticket_id: UUID, now: datetime, zone: ZoneInfo
) -> bool:
    """Handle one ticket, unless that has been done for its present cause."""
    found = take_due(uow.session, rule, ticket_id, now, zone)
    if found is None:
        return False
    ticket, anchor_at = found
    is_new = claim_cause(
        uow.session,
        rule.rule_id,
        ticket_id,
        anchor_at=anchor_at,
        touched_at=ticket.touched_at,
        now=now,
    )
    if not is_new:
        return False
    act = Act(RULES, now, uuid7)
    outcome = follow_actions(uow.session, ticket, rule.actions, rule.name, act, change)
    keep(uow, ticket)
    run = run_row(rule, ticket, now, rule.anchor or "")
    told = {"event_id": None, "chain": [], "done": outcome.done, "skipped": outcome.skipped}
    keep_runs(uow.session, [run | told])
    return True


def forget_old_runs(database: Database, now: datetime) -> bool:
    """Runs older than 90 days, marks of closed tickets after a year; whether there may be more."""
    with database.begin() as uow:
        gone = forget_runs(uow.session, now - _RUNS_KEPT, now - _MARKS_KEPT, _FORGOTTEN)
        uow.commit()
    return gone >= _FORGOTTEN
