"""What a batch of events tells, by ticket: of each ticket's headers only the newest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.contracts.sla import ClockBreached, ClockChanged
from libs.common.contracts.ticketing import (
    AssignmentConfirmed,
    AssignmentRefused,
    TicketAssigned,
    TicketReturned,
    TicketTransferred,
)

_DUE = {ClockBreached.type, ClockChanged.type}
_COPIED = (
    *("ticket_id", "number", "seq", "status", "status_category", "urgency", "kind", "channel"),
    *("assignee_id", "group_id", "customer_id", "subject", "created_at", "occurred_at"),
)


@dataclass
class Told:
    """`causes`: the last event of each ticket. Epochs are those of assignments."""

    headers: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    dues: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    confirmed: set[UUID] = field(default_factory=set)
    refused: dict[UUID, str] = field(default_factory=dict)
    modes: dict[tuple[UUID, int], str] = field(default_factory=dict)
    returns: dict[tuple[UUID, int], str] = field(default_factory=dict)
    causes: dict[UUID, Event] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)


def read_events(events: Iterable[Event]) -> Told:
    """Sort out who says what."""
    told = Told()
    for event in events:
        if event.type in _DUE:
            _read_due(told, event)
        elif event.type == AssignmentConfirmed.type:
            told.confirmed.add(event.data["assignment_id"])
            _touch(told, event)
        elif event.type == AssignmentRefused.type:
            told.refused[event.data["assignment_id"]] = event.data["reason"]
            _touch(told, event)
        else:
            _read_header(told, event)
            _touch(told, event)
    return told


def _touch(told: Told, event: Event) -> None:
    ticket_id = event.data["ticket_id"]
    told.touched.add(ticket_id)
    told.causes[ticket_id] = event


def _read_header(told: Told, event: Event) -> None:
    data = event.data
    ticket_id = data["ticket_id"]
    known = told.headers.get(ticket_id)
    if known is None or known["seq"] < data["seq"]:
        told.headers[ticket_id] = header_row(data)
    if event.type == TicketAssigned.type:
        told.modes[ticket_id, data["epoch"]] = data["mode"]
    elif event.type == TicketReturned.type:
        told.returns[ticket_id, data["epoch"] - 1] = data["cause"]
    elif event.type == TicketTransferred.type:
        told.returns[ticket_id, data["epoch"] - 1] = "transferred"


def _read_due(told: Told, event: Event) -> None:
    data = event.data
    ticket_id = data["ticket_id"]
    row = told.dues.setdefault(
        ticket_id, {"ticket_id": ticket_id, "revision": -1, "unaccepted_epoch": None}
    )
    if row["revision"] < data["revision"]:
        row |= {"revision": data["revision"], "next_due_at": data.get("next_due_at")}
    if event.type == ClockBreached.type and data["target"] == "accept":
        row["unaccepted_epoch"] = max(row["unaccepted_epoch"] or 0, data["assignment_epoch"])
        _touch(told, event)


def header_row(data: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the copy from what events carry."""
    scope = data.get("scope") or {}
    return {
        **{name: data.get(name) for name in _COPIED},
        "epoch": data.get("assignment_epoch", 0),
        "department_id": scope.get("department"),
        "region_id": scope.get("region"),
        "tags": list(data.get("tags") or ()),
        "custom_fields": dict(data.get("custom_fields") or {}),
        "accepted_at": data.get("accepted_at"),
        "score": data.get("score"),
        "is_dissatisfied": bool(data.get("is_dissatisfied")),
        "urge_count": data.get("urge_count") or 0,
        "category_path": list(data.get("category_path") or ()),
    }
