"""Triggers and automations for tests: written by RPC, run on what stands in the outbox."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, load_event
from services.ticketing.use_cases import run_automations as automations
from services.ticketing.use_cases.run_triggers import run_triggers
from tests.integration.ticketing.desk import ZONE, Ask, Desk

URGENT = {"type": "set_urgency", "urgency": "urgent"}


def tagged(*tags: str) -> dict[str, Any]:
    """A condition: the ticket has one of these tags. Keeps tests out of one another's way."""
    return {"field": "tags", "op": "has_any", "value": list(tags)}


def tag(name: str, *, away: bool = False) -> dict[str, Any]:
    """An action."""
    return {"type": "remove_tags" if away else "add_tags", "tags": [name]}


def trigger(ask: Ask, *actions: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A trigger that is switched on; for edits unless told otherwise."""
    usual = {"name": "触发器", "events": ["edited"], "actions": list(actions)}
    made: dict[str, Any] = ask("create_rule", kind="trigger", values=usual | values)
    return made


def automation(ask: Ask, *actions: dict[str, Any], **values: Any) -> dict[str, Any]:
    """An automation that is switched on."""
    usual = {"name": "自动化", "anchor": "created", "delay_minutes": 60, "actions": list(actions)}
    made: dict[str, Any] = ask("create_rule", kind="automation", values=usual | values)
    return made


def edit(ask: Ask, ticket: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Edit a ticket as the supervisor."""
    why = {"urgency_reason": "客户要求加急"} if "urgency" in changes else {}
    made: dict[str, Any] = ask(
        "edit_ticket", number=ticket["number"], version=None, changes=changes, **why
    )
    return made


def events_of(desk: Desk, ticket: dict[str, Any]) -> list[Event]:
    """What the outbox tells of the ticket, as handlers get it."""
    return [load_event(orjson.dumps(body)) for body in desk.events(ticket["ticket_id"])]


def hear(desk: Desk, *events: Event) -> None:
    """One batch, past the inbox: every repeat arrives."""
    with desk.database.begin() as uow:
        run_triggers(uow, events, utc_now(), ZONE)
        uow.commit()


def settle(desk: Desk, ticket: dict[str, Any], rounds: int = 20) -> int:
    """Hear whatever is told, and what comes of it, until nothing new comes; returns the rounds."""
    heard: set[UUID] = set()
    for turn in range(rounds):
        new = [event for event in events_of(desk, ticket) if event.id not in heard]
        if not new:
            return turn
        heard |= {event.id for event in new}
        hear(desk, *new)
    raise AssertionError("it goes on and on")


def run(desk: Desk, now: datetime | None = None) -> int:
    """One round of all automations."""
    return automations.run_automations(desk.database, now or utc_now(), ZONE)


def age(desk: Desk, ticket: dict[str, Any], hours: float, *columns: str) -> None:
    """Have these instants of a ticket lie so far back."""
    with desk.database.engine.begin() as connection:
        for column in columns:
            connection.execute(
                text(f"UPDATE tickets SET {column} = :at WHERE ticket_id = :id"),
                {"at": utc_now() - timedelta(hours=hours), "id": ticket["ticket_id"]},
            )


def clear(desk: Desk) -> None:
    """No rules any more."""
    with desk.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM rules"))


def fresh_tag() -> str:
    """A tag of its own."""
    return f"t-{uuid4().hex[:12]}"
