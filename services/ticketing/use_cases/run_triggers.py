"""Runs triggers on what has happened to tickets: once for each event, and never in a circle."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.conditions import facts_of
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from libs.common.metrics import count_stopped_chain
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.ruled import change
from services.ticketing.domain.rules import MOST_HOPS, TRIGGER, Rule
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.ticket_state import PATH
from services.ticketing.storage.rule_rows import load_rules
from services.ticketing.storage.rule_runs import chains_of, keep_runs
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.use_cases.acting import follow_actions
from services.ticketing.use_cases.keeping import keep

_log = logging.getLogger(__name__)


def run_triggers(uow: UnitOfWork, events: Sequence[Event], now: datetime, zone: ZoneInfo) -> None:
    """Each trigger once for each event, by the ticket as it is now, in the triggers' order."""
    triggers = load_rules(uow.session, TRIGGER)
    heard = [
        event
        for event in events
        if any(one.hears(event.type) for one in triggers) and not _tells_path_alone(event)
    ]
    if not heard:
        return
    tickets = lock_by_ids(uow.session, (event.data["ticket_id"] for event in heard))
    running = _Running(uow, triggers, heard, now, zone)
    for event in sorted(heard, key=lambda one: (one.subject, one.data["seq"])):
        ticket = tickets.get(event.data["ticket_id"])
        if ticket is not None and not ticket.deleted_at:
            running.run(ticket, event)
    keep(uow, *tickets.values())
    keep_runs(uow.session, running.runs)


def _tells_path_alone(event: Event) -> bool:
    """Nothing has happened to the ticket: its category was moved."""
    return bool(event.data.get("changed") == [PATH])


class _Running:
    """One batch of events on its way through the triggers."""

    def __init__(
        self,
        uow: UnitOfWork,
        triggers: Sequence[Rule],
        events: Sequence[Event],
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._session = uow.session
        self._triggers = triggers
        self._now, self._zone = now, zone
        self.runs: list[dict[str, Any]] = []
        # Only behind the tickets' locks it is certain what has run.
        asked = {event.id for event in events} | {event.causation_id for event in events}
        self._chains = chains_of(self._session, {one for one in asked if one is not None})

    def run(self, ticket: Ticket, event: Event) -> None:
        """Let each that wants it act."""
        chain = self._chain_to(event)
        ran = self._chains.get(event.id, {})
        for trigger in self._triggers:
            if not trigger.hears(event.type) or trigger.rule_id in (chain | ran.keys()):
                continue
            if not trigger.condition.holds(facts_now(ticket, self._now, self._zone)):
                continue
            act = Act(RULES, self._now, uuid7, cause=event)
            if event.hops >= MOST_HOPS:
                ticket.tell_stopped(trigger.name, act)
                count_stopped_chain("ticketing", event.type)
                _log.warning("trigger %s stops after %s hops", trigger.rule_id, event.hops)
                return
            self._act(ticket, trigger, event, act, chain)

    def _act(
        self, ticket: Ticket, trigger: Rule, event: Event, act: Act, chain: frozenset[UUID]
    ) -> None:
        outcome = follow_actions(self._session, ticket, trigger.actions, trigger.name, act, change)
        self.runs.append(
            run_row(trigger, ticket, self._now, event.type.removeprefix("ticket."))
            | {
                "event_id": event.id,
                "chain": sorted(chain | {trigger.rule_id}),
                "done": outcome.done,
                "skipped": outcome.skipped,
            }
        )

    def _chain_to(self, event: Event) -> frozenset[UUID]:
        """The triggers that have led to it, one by another.

        A ticket's event that another of a ticket's has caused was caused by the triggers that ran
        on that one; whatever goes by way of other services is counted by its hops alone.
        """
        runs = self._chains.get(event.causation_id, {}) if event.causation_id else {}
        return frozenset[UUID]().union(*runs.values())


def run_row(rule: Rule, ticket: Ticket, now: datetime, cause: str) -> dict[str, Any]:
    """What is remembered of every run."""
    return {
        "run_id": uuid7(),
        "rule_id": rule.rule_id,
        "ticket_id": ticket.ticket_id,
        "cause": cause,
        "ran_at": now,
    }


def facts_now(ticket: Ticket, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The ticket as conditions see it."""
    return facts_of(ticket.header(), tier=None, language=None, zone=zone, now=now)
