"""Tickets as ticketing would tell of them: each act of a story is an event with its header."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from libs.common.clock import utc_now
from libs.common.contracts import ticketing
from libs.common.contracts.envelope import Event, dump_event, load_event
from libs.common.ids import uuid7

_numbers = count(1)

STAFF = {"kind": "staff", "id": None, "name": "李雷"}
CUSTOMER = {"kind": "customer", "id": None, "name": "客户"}
CATEGORY = {
    "unassigned": "new",
    "assigned": "open",
    "in_progress": "open",
    "follow_up": "open",
    "awaiting_customer": "pending",
    "awaiting_approval": "on_hold",
    "solved": "solved",
    "closed": "closed",
}


class Story:
    """One ticket's life; `events` are all that happened, in order.

    They are told now whenever they happened, unless `waited`: then they come out of a backlog.
    """

    def __init__(
        self, began: datetime | None = None, *, waited: bool = False, **header: Any
    ) -> None:
        self._waited = waited
        self.now = began or utc_now()
        self.ticket_id = header.pop("ticket_id", None) or uuid7()
        self.events: list[Event] = []
        self.header: dict[str, Any] = {
            "ticket_id": self.ticket_id,
            "number": f"G20991231{next(_numbers):05}",
            "seq": 0,
            "version": 1,
            "status": "unassigned",
            "urgency": "normal",
            "kind": "inquiry",
            "channel": "mail",
            "customer_id": uuid4(),
            "contact_id": None,
            "assignee_id": None,
            "group_id": None,
            "subject": "无法登录",
            "customer_name": "韩梅梅",
            "created_at": self.now,
            "accepted_at": None,
            "assignment_epoch": 0,
            "tags": [],
            "custom_fields": {},
        } | header
        self.units: dict[str, Any] = {}

    @property
    def number(self) -> str:
        return str(self.header["number"])

    def after(self, **delta: float) -> "Story":
        """The next act comes so much later."""
        self.now += timedelta(**delta)
        return self

    def tell(self, schema: type, changes: dict[str, Any] | None = None, **more: Any) -> "Story":
        """One event."""
        self.header |= {**(changes or {}), "seq": self.header["seq"] + 1}
        header = self.header
        data = {
            **header,
            "status_category": CATEGORY[header["status"]],
            "occurred_at": self.now,
            "actor": more.pop("actor", STAFF),
            "scope": {
                "assignee": header["assignee_id"],
                "group": header["group_id"],
                "requester": header["customer_id"],
                **self.units,
            },
        } | more
        told_at = self.now if self._waited else utc_now()
        body = dump_event(schema, uuid7(), str(self.ticket_id), told_at, data)
        self.events.append(load_event(body))
        return self

    def opened(self, **more: Any) -> "Story":
        return self.tell(ticketing.TicketCreated, text="打不开", actor=CUSTOMER, **more)

    def assigned(self, assignee: UUID | None = None) -> "Story":
        changes = {
            "assignee_id": assignee or uuid4(),
            "status": "assigned",
            "accepted_at": None,
            "assignment_epoch": self.header["assignment_epoch"] + 1,
        }
        epoch = changes["assignment_epoch"]
        return self.tell(
            ticketing.TicketAssigned, changes, assignment_id=uuid4(), epoch=epoch, mode="automatic"
        )

    def accepted(self) -> "Story":
        changes = {"status": "in_progress", "accepted_at": self.now}
        return self.tell(ticketing.TicketAccepted, changes)

    def replied(self, **changes: Any) -> "Story":
        return self.tell(ticketing.TicketReplied, changes, entry_id=uuid4(), text="您好")

    def noted(self) -> "Story":
        return self.tell(ticketing.TicketNoteAdded, entry_id=uuid4())

    def asked(self) -> "Story":
        facts = {"entry_id": uuid4(), "message_id": uuid4(), "text": "还没好"}
        return self.tell(ticketing.TicketMessageReceived, actor=CUSTOMER, **facts)

    def moved(self, status: str) -> "Story":
        was = self.header["status"]
        facts = {"from_status": was, "to_status": status}
        return self.tell(ticketing.TicketStatusChanged, {"status": status}, **facts)

    def edited(self, **changes: Any) -> "Story":
        return self.tell(ticketing.TicketEdited, changes, changed=sorted(changes))

    def solved(self) -> "Story":
        return self.tell(
            ticketing.TicketSolved, {"status": "solved"}, entry_id=uuid4(), text="已修复"
        )

    def reopened(self) -> "Story":
        return self.tell(ticketing.TicketReopened, {"status": "follow_up"}, cause="customer")

    def whole_life(self) -> "Story":
        """Asked, assigned, accepted, answered, paused, raised, solved and reopened."""
        later: Callable[..., Story] = self.after
        self.opened()
        later(minutes=5).assigned()
        later(minutes=3).accepted()
        later(minutes=20).replied()
        later(hours=1).asked()
        later(minutes=10).replied(status="awaiting_customer")
        later(hours=5).asked()
        later(minutes=1).moved("in_progress")
        later(minutes=1).edited(urgency="urgent")
        later(minutes=30).solved()
        later(hours=2).reopened()
        return self
