"""Events as live updates hear of them, made from the stored examples."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson

import libs.common.contracts
from libs.common.contracts.envelope import Event, load_event

EXAMPLES = Path(libs.common.contracts.__file__).parent / "examples"
_BEGAN = datetime(2026, 10, 1, tzinfo=UTC)


def body_of(event_type: str, **data: Any) -> bytes:
    """The example of a type as another event, with other data."""
    raw = json.loads((EXAMPLES / f"{event_type}.json").read_text())
    raw["id"] = str(uuid4())
    raw["data"] |= data
    return orjson.dumps(raw)


def event_of(event_type: str, **data: Any) -> Event:
    return load_event(body_of(event_type, **data))


class Ticket:
    """One ticket's life as ticketing would tell it."""

    def __init__(self, number: str = "G20261001001", **scope: UUID | None) -> None:
        self.ticket_id = uuid4()
        self.number = number
        self.seq = 0
        self.scope: dict[str, Any] = {
            **dict.fromkeys(("assignee", "group", "department", "region")),
            "requester": uuid4(),
            **scope,
        }

    def tells(self, event_type: str, **data: Any) -> bytes:
        """The next event; `scope` in the data is what of the ticket's scope changes by it."""
        self.seq += 1
        self.scope |= data.pop("scope", {})
        at = _BEGAN + timedelta(seconds=self.seq)
        return body_of(
            event_type,
            ticket_id=self.ticket_id,
            number=self.number,
            seq=self.seq,
            assignee_id=self.scope["assignee"],
            group_id=self.scope["group"],
            occurred_at=at,
            scope={**self.scope, "cc": [], "collaborators": [], "confidential": False},
            **data,
        )

    def says(self, event_type: str, **data: Any) -> Event:
        return load_event(self.tells(event_type, **data))

    def goes_to(self, assignee: UUID | None, **scope: UUID | None) -> bytes:
        """Assigned to somebody else."""
        before = self.scope["assignee"]
        changes = {"assignee": assignee, **scope}
        return self.tells("ticket.assigned", scope=changes, previous_assignee_id=before)
