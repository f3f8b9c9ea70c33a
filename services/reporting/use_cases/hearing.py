"""What events say, in the terms of facts and headers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event
from services.reporting.storage.facts import CHECK, CLOCK, SURVEY, TICKET, USE

Row = dict[str, Any]


def fact_rows(event: Event) -> list[Row]:
    """The facts in an event; none in those that no ticket's figures are made of."""
    kind = event.type.partition(".")[0]
    if kind == "ticket":
        return [_ticket(event)]
    if event.type == "clock.changed":
        return [_changed(event, clock) for clock in event.data["clocks"]]
    if event.type == "clock.breached":
        return [_breached(event)]
    if kind == "survey":
        return [_survey(event)]
    if kind == "quality":
        return [_check(event)]
    return [_use(event)] if event.type == "suggestion.used" else []


def header_of(event: Event) -> Row:
    """The ticket's row as this event tells it; of others than its own just that it exists."""
    data = event.data
    since = min(event.time, data.get("occurred_at", event.time))
    if not event.type.startswith("ticket."):
        return {"ticket_id": data["ticket_id"], "facts_from": since, "seq": None}
    scope = data["scope"]
    return {
        "ticket_id": data["ticket_id"],
        "facts_from": min(since, data["created_at"]),
        "number": data["number"],
        "seq": data["seq"],
        "status": data["status"],
        "status_category": data["status_category"],
        "customer_id": data["customer_id"],
        "assignee_id": data["assignee_id"],
        "group_id": data["group_id"],
        "department_id": scope.get("department"),
        "region_id": scope.get("region"),
        "score": data["score"],
        "created_at": data["created_at"],
    }


def _row(event: Event, source: str, key: str, fact: Mapping[str, Any]) -> Row:
    # By the event's own time, so that a repeat meets the same partition.
    ticket_id: UUID = event.data["ticket_id"]
    kept = {name: value for name, value in fact.items() if value is not None}
    return {
        "ticket_id": ticket_id,
        "source": source,
        "key": key,
        "occurred_at": event.data.get("occurred_at", event.time),
        "fact": kept,
    }


def _ticket(event: Event) -> Row:
    data = event.data
    fact = {
        "seq": data["seq"],
        "type": event.type,
        "occurred_at": data["occurred_at"],
        "created_at": data["created_at"],
        "status": data["status"],
        "category": data["status_category"],
        "urgency": data["urgency"],
        "kind": data["kind"],
        "channel": data["channel"],
        "group_id": data["group_id"],
        "agent_id": data["assignee_id"],
        "department_id": data["scope"].get("department"),
        "region_id": data["scope"].get("region"),
        "category_path": data.get("category_path") or None,
        "actor_id": data["actor"].get("id"),
        "is_by_staff": data["actor"]["kind"] == "staff",
    }
    if event.type == "ticket.solved":
        fact["tells_customer"] = data["notify_customer"]
    if event.type == "ticket.transferred":
        fact |= {name: data.get(name) for name in ("from_group_id", "previous_assignee_id")}
    fact |= _promised(event)
    # What a survey's answer says comes by `survey.answered`.
    if event.type == "ticket.rated" and data["source"] != "survey":
        fact |= {"score": data.get("rated_score"), "nps": data.get("nps")}
    return _row(event, TICKET, str(data["seq"]), fact)


def _promised(event: Event) -> Row:
    """Of supervision and collaboration: what is to be done by when."""
    data = event.data
    if event.type == "ticket.collaboration_started":
        return {"parts": [_part(one) for one in data["parts"]]}
    if event.type.startswith("ticket.collaboration_"):
        return {"part": _part(data)}
    if event.type == "ticket.supervised":
        return {"due_at": data["due_at"]}
    return {"outcome": data["outcome"]} if event.type == "ticket.supervision_ended" else {}


def _part(told: Mapping[str, Any]) -> Row:
    names = ("target_kind", "target_id", "due_at")
    known = {name: told[name] for name in names if told.get(name) is not None}
    return {"part_id": told["collaboration_id"], **known}


_CLOCK = ("clock_id", "target", "state", "is_breached", "due_at", "stopped_at", "elapsed_seconds")


def _changed(event: Event, clock: Mapping[str, Any]) -> Row:
    revision = event.data["revision"]
    fact = {name: clock.get(name) for name in _CLOCK}
    key = f"{clock['clock_id']}:{revision}"
    return _row(event, CLOCK, key, {**fact, "revision": revision})


def _breached(event: Event) -> Row:
    data = event.data
    fact = {name: data.get(name) for name in ("clock_id", "target", "due_at", "revision")}
    fact |= {"state": "breached", "is_breached": True}
    return _row(event, CLOCK, f"{data['clock_id']}:{data['revision']}:breached", fact)


def _survey(event: Event) -> Row:
    data, is_answer = event.data, event.type == "survey.answered"
    fact = {
        "survey_id": data["survey_id"],
        "at": data["answered_at" if is_answer else "sent_at"],
        "solved_seq": data["solved_seq"],
        "is_answer": is_answer,
        "score": data.get("score"),
        "nps": data.get("nps"),
    }
    return _row(event, SURVEY, f"{data['survey_id']}:{event.type}", fact)


def _use(event: Event) -> Row:
    data = event.data
    fact = {"use_id": data["use_id"], "at": data["used_at"], "person_id": data["person_id"]}
    return _row(event, USE, str(data["use_id"]), fact)


def _check(event: Event) -> Row:
    data = event.data
    names = (
        "review_id",
        "version",
        "handler_id",
        "group_id",
        "department_id",
        "total",
        "is_passed",
    )
    fact = {name: data.get(name) for name in names} | {"at": data["scored_at"]}
    return _row(event, CHECK, f"{data['review_id']}:{data['version']}", fact)
