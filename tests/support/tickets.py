"""The life of a ticket as ticketing would tell it, for tests of whoever follows tickets."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, EventSchema, dump_event, load_event
from libs.common.contracts.ticketing import (
    AssignmentConfirmed,
    AssignmentRefused,
    TicketAccepted,
    TicketAssigned,
    TicketCreated,
    TicketEdited,
    TicketReturned,
    TicketSolved,
    TicketStatusChanged,
    TicketTransferred,
)
from libs.common.ids import uuid7

_ACTOR = {"kind": "system", "id": None, "name": "系统"}


class Life:
    """One ticket; each method is something that happens to it and returns the event."""

    def __init__(self, *, created_at: datetime | None = None, **fields: Any) -> None:
        self.ticket_id: UUID = uuid7()
        self.now = created_at or utc_now()
        self.header: dict[str, Any] = {
            "ticket_id": self.ticket_id,
            "number": f"G{uuid4().int % 10**12:012}",
            "seq": 0,
            "version": 1,
            "status": "unassigned",
            "status_category": "new",
            "urgency": "normal",
            "kind": "inquiry",
            "channel": "mail",
            "customer_id": uuid4(),
            "contact_id": None,
            "assignee_id": None,
            "group_id": None,
            "subject": "订单漏发",
            "customer_name": "韩梅梅",
            "created_at": self.now,
            "assignment_epoch": 0,
            "accepted_at": None,
            "tags": [],
            "custom_fields": {},
            **fields,
        }

    @property
    def number(self) -> str:
        return str(self.header["number"])

    @property
    def epoch(self) -> int:
        return int(self.header["assignment_epoch"])

    @property
    def assignee_id(self) -> UUID | None:
        return self.header["assignee_id"]

    @property
    def is_finished(self) -> bool:
        return self.header["status_category"] in ("solved", "closed")

    def create(self) -> Event:
        return self._tell(TicketCreated, text="少了一件")

    def assign(self, person_id: UUID, *, mode: str = "manual", **details: Any) -> Event:
        previous = self.assignee_id
        self.header |= {
            "assignee_id": person_id,
            "assignment_epoch": self.epoch + 1,
            "accepted_at": None,
            "status": "assigned",
            "status_category": "open",
        }
        known = {"assignment_id": uuid7(), "mode": mode, "previous_assignee_id": previous}
        return self._tell(TicketAssigned, epoch=self.epoch, **{**known, **details})

    def accept(self) -> Event:
        self.header |= {"accepted_at": self.now, "status": "in_progress"}
        return self._tell(TicketAccepted)

    def give_back(self, cause: str = "returned") -> Event:
        previous = self.assignee_id
        self._unassign()
        return self._tell(
            TicketReturned, previous_assignee_id=previous, epoch=self.epoch, cause=cause
        )

    def transfer(self, group_id: UUID) -> Event:
        came_from = self.header["group_id"]
        self._unassign()
        self.header["group_id"] = group_id
        return self._tell(
            TicketTransferred, from_group_id=came_from, to_group_id=group_id, epoch=self.epoch
        )

    def edit(self, **fields: Any) -> Event:
        self.header |= fields
        return self._tell(TicketEdited, changed=list(fields))

    def wait_for_customer(self) -> Event:
        was = self.header["status"]
        self.header |= {"status": "awaiting_customer", "status_category": "pending"}
        return self._tell(TicketStatusChanged, from_status=was, to_status="awaiting_customer")

    def go_on(self) -> Event:
        was = self.header["status"]
        self.header |= {"status": "in_progress", "status_category": "open"}
        return self._tell(TicketStatusChanged, from_status=was, to_status="in_progress")

    def solve(self) -> Event:
        self.header |= {"status": "solved", "status_category": "solved"}
        return self._tell(TicketSolved, entry_id=uuid4(), text="已补发")

    def answer(self, proposal: dict[str, Any]) -> Event:
        """What ticketing does about an `assignment.proposed`."""
        assignee = UUID(proposal["assignee_id"])
        if proposal["epoch"] == self.epoch and not self.is_finished:
            if proposal["group_id"]:
                self.header["group_id"] = UUID(proposal["group_id"])
            assignment_id = UUID(proposal["assignment_id"])
            return self.assign(assignee, mode=proposal["mode"], assignment_id=assignment_id)
        if proposal["epoch"] + 1 == self.epoch and assignee == self.assignee_id:
            return self.confirm(UUID(proposal["assignment_id"]))
        reason = "finished" if self.is_finished else "outdated"
        return self.refuse(UUID(proposal["assignment_id"]), reason)

    def confirm(self, assignment_id: UUID) -> Event:
        return self._answer(AssignmentConfirmed, assignment_id)

    def refuse(self, assignment_id: UUID, reason: str) -> Event:
        return self._answer(AssignmentRefused, assignment_id, reason=reason)

    def _answer(self, schema: type[EventSchema], assignment_id: UUID, **details: Any) -> Event:
        data = {"assignment_id": assignment_id, "ticket_id": self.ticket_id, "epoch": self.epoch}
        return event_of(schema, self.ticket_id, self.now, {**data, **details})

    def _unassign(self) -> None:
        self.header |= {
            "assignee_id": None,
            "assignment_epoch": self.epoch + 1,
            "accepted_at": None,
            "status": "unassigned",
            "status_category": "new",
        }

    def _tell(self, schema: type[EventSchema], **details: Any) -> Event:
        self.now += timedelta(milliseconds=1)
        self.header["seq"] += 1
        scope = {
            "assignee": self.header["assignee_id"],
            "group": self.header["group_id"],
            "department": None,
            "region": None,
            "pool": None,
            "requester": self.header["customer_id"],
        }
        data = {**self.header, "occurred_at": self.now, "actor": _ACTOR, "scope": scope, **details}
        return event_of(schema, self.ticket_id, self.now, data)


def event_of(
    schema: type[EventSchema], subject: UUID, time: datetime, data: dict[str, Any]
) -> Event:
    """An event as a handler gets it."""
    return load_event(dump_event(schema, uuid7(), str(subject), time, data))
