"""Events of dispatch and sla as they come from the bus, and how the service hears them."""

from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.contracts.dispatch import AssignmentProposed, AssignmentWithdrawn
from libs.common.contracts.envelope import Event, EventSchema, dump_event, load_event, schema_of
from libs.common.contracts.notify import SurveyAnswered
from libs.common.contracts.sla import (
    AbnormalityFound,
    ClockBreached,
    ClockChanged,
    ClockWarned,
    StepReached,
)
from libs.common.ids import uuid7
from services.ticketing.service.events import Service
from tests.integration.ticketing.desk import Desk
from tests.support.directory import group, person

METHODS = {
    AssignmentProposed.type: "answer_dispatch",
    AssignmentWithdrawn.type: "answer_dispatch",
    ClockChanged.type: "follow_clocks",
    ClockWarned.type: "follow_clocks",
    ClockBreached.type: "follow_clocks",
    StepReached.type: "follow_clocks",
    AbnormalityFound.type: "follow_abnormalities",
    SurveyAnswered.type: "rate_tickets",
}


def hear(desk: Desk, *events: Event) -> None:
    """As one batch of handlers, past the inbox: every repeat arrives."""
    for method in dict.fromkeys(METHODS[event.type] for event in events):
        batch = [event for event in events if METHODS[event.type] == method]
        with desk.database.begin() as uow:
            getattr(Service(), method)(uow, batch)
            uow.commit()


def deliver(desk: Desk, *events: Event) -> None:
    """The same with the inbox and what it does about failures."""
    handled, service = Handling(desk.database), Service()
    for kind, method in METHODS.items():
        handled.add(kind, Handler(method, getattr(service, method)))
    handled.apply([body(event) for event in events])


def body(event: Event) -> bytes:
    """As it stands in a queue."""
    schema = type(schema_of(event.type))
    body = orjson.loads(dump_event(schema, event.id, event.subject, event.time, event.data))
    return orjson.dumps(body | {"hops": event.hops})


def proposed(ticket: dict[str, Any], assignee: Event, **fields: Any) -> Event:
    """Of a ticket that nobody has had yet, to somebody of the directory."""
    about = {
        "assignment_id": uuid4(),
        "assignee_id": assignee.data["person_id"],
        "assignee_name": assignee.data["name"],
        "group_id": None,
        "epoch": 0,
        "mode": "automatic",
        "decision_id": uuid4(),
        "note": "负载最低的在线客服",
    }
    return _event(AssignmentProposed, ticket, about | fields)


def withdrawn(proposal: Event, **fields: Any) -> Event:
    """The end of an assignment that was made from that proposal."""
    told = {name: proposal.data[name] for name in ("assignment_id", "assignee_id")}
    about = told | {"epoch": proposal.data["epoch"] + 1, "cause": "accept_timeout", "note": None}
    return _event(AssignmentWithdrawn, proposal.data, about | fields)


def changed(ticket: dict[str, Any], revision: int = 1, **fields: Any) -> Event:
    """Of clocks that began or stopped."""
    return _event(ClockChanged, ticket, _due(revision) | {"clocks": []} | fields)


def breached(ticket: dict[str, Any], revision: int = 2, **fields: Any) -> Event:
    """Of a first reply that is late."""
    about = _clock(revision) | {"next_due_at": utc_now(), "is_overdue": True}
    return _event(ClockBreached, ticket, about | fields)


def step(ticket: dict[str, Any], *actions: dict[str, Any], **fields: Any) -> Event:
    """Of a policy that wants something done."""
    about = {"step": "escalate", "phase": "due", "recipients": [], "actions": list(actions)}
    return _event(StepReached, ticket, _clock(3) | about | fields)


def abnormal(ticket: dict[str, Any], *actions: dict[str, Any], **fields: Any) -> Event:
    """Of a customer who complains again."""
    about = {
        "abnormality_id": uuid4(),
        "kind": "repeated_complaint",
        "customer_id": uuid4(),
        "found_at": utc_now(),
        "facts": {"count": 2, "days": 30},
        "recipients": [],
        "actions": list(actions),
    }
    return _event(AbnormalityFound, ticket, about | fields)


def answered(ticket: dict[str, Any], score: int, **fields: Any) -> Event:
    """Of a survey about the ticket's present solution."""
    about = {
        "survey_id": uuid4(),
        "customer_id": uuid4(),
        "solved_seq": 0,
        "score": score,
        "nps": None,
        "tags": [],
        "comment": None,
        "is_low": score <= 2,
        "is_satisfied": False if score <= 2 else True if score >= 4 else None,
        "answered_at": utc_now(),
    }
    return _event(SurveyAnswered, ticket, about | fields)


def colleague(desk: Desk, name: str = "李雷", **fields: Any) -> Event:
    """Somebody whom the copy of the organisation has."""
    event = person(name=name, **fields)
    desk.learn(event)
    return event


def team(desk: Desk, name: str = "热线组") -> UUID:
    """A group that the copy has."""
    event = group(name=name, department_id=uuid4(), region_id=uuid4())
    desk.learn(event)
    group_id: UUID = event.data["group_id"]
    return group_id


def row(desk: Desk, ticket: dict[str, Any]) -> Any:
    """The ticket's row."""
    with desk.database.engine.connect() as connection:
        return connection.execute(
            text("SELECT * FROM tickets WHERE ticket_id = :id"), {"id": ticket["ticket_id"]}
        ).one()


def told(desk: Desk, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of its timeline, oldest first."""
    entries = desk.show(ticket["number"])["timeline"]["items"]
    return [entry["event"] for entry in entries if entry["event"]]


def _due(revision: int) -> dict[str, Any]:
    return {
        "revision": revision,
        "next_due_at": None,
        "is_overdue": False,
        "occurred_at": utc_now(),
    }


def _clock(revision: int) -> dict[str, Any]:
    return _due(revision) | {
        "clock_id": uuid4(),
        "target": "first_reply",
        "cycle": 1,
        "due_at": utc_now(),
        "policy_id": uuid4(),
        "policy_name": "默认",
        "assignee_id": None,
        "group_id": None,
        "assignment_epoch": 0,
        "urgency": "normal",
    }


def _event(schema: type[EventSchema], ticket: dict[str, Any], data: dict[str, Any]) -> Event:
    named = {"ticket_id": ticket["ticket_id"], "number": ticket["number"]} | data
    return load_event(dump_event(schema, uuid7(), str(named["ticket_id"]), utc_now(), named))
