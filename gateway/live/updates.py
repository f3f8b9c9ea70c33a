"""What events become: one update for each ticket and batch, with its newest state.

Pure. Scopes and bodies are JSON, as they are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event

Json = dict[str, Any]

TICKET, CLOCK, OFFER, NOTICE, SURVEY = "ticket", "clock", "offer", "notice", "survey"
# Of these requesters hear nothing.
_INTERNAL = frozenset(
    {
        *("ticket.note_added", "ticket.edited", "ticket.template_changed", "ticket.effort_logged"),
        *("ticket.linked", "ticket.unlinked", "ticket.attached", "ticket.detached"),
        *("ticket.children_finished", "ticket.split"),
        *("ticket.problem_linked", "ticket.problem_unlinked"),
        *("ticket.cc_changed", "ticket.supervised", "ticket.supervision_urged"),
        "ticket.supervision_ended",
    }
)
# All that colleagues ask of one another.
_INTERNAL_PREFIX = "ticket.collaboration_"
_TOLD_OF_TICKETS = (
    *("ticket_id", "number", "seq", "status", "status_category", "urgency"),
    *("assignee_id", "group_id", "occurred_at"),
)
_TOLD_OF_CLOCKS = ("ticket_id", "number", "next_due_at", "is_overdue", "occurred_at")
_TOLD_OF_NOTICES = ("notice_id", "occasion", "ticket_id", "number", "is_urgent", "raised_at")
_TOLD_OF_OFFERS = ("offer_id", "ticket_id", "number", "group_id")
_TOLD_OF_SURVEYS = ("ticket_id", "number", "score", "answered_at")


@dataclass(frozen=True)
class KnownTicket:
    """A ticket as it was told last."""

    ticket_id: UUID
    seq: int
    scope: Json
    body: Json


@dataclass(frozen=True)
class NewUpdate:
    """A row to be written: see the migration for what its parts mean."""

    kind: str
    body: Json
    ticket_id: UUID | None = None
    scope: Json | None = None
    previous: list[Json] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    is_public: bool = False


@dataclass(frozen=True)
class Told:
    """What a batch of events leaves behind."""

    tickets: list[KnownTicket]
    updates: list[NewUpdate]


def kind_of(event_type: str) -> str:
    """`clock.warned` → `clock`."""
    return event_type.partition(".")[0]


def tell(events: Sequence[Event], known: Mapping[UUID, KnownTicket]) -> Told:
    """The updates of a batch in the order of its events' subjects; `known` before it."""
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_kind[kind_of(event.type)].append(event)
    tickets = dict(known)
    updates: list[NewUpdate] = []
    for ticket_id, group in _by_ticket(by_kind[TICKET]).items():
        tickets[ticket_id], update = tell_ticket(group, known.get(ticket_id))
        updates.append(update)
    updates += _clocks(by_kind[CLOCK], tickets)
    updates += [_offer(event) for event in by_kind[OFFER]]
    updates += [_notice(event) for event in by_kind[NOTICE]]
    updates += [
        _survey(event, tickets[event.data["ticket_id"]])
        for event in by_kind[SURVEY]
        if event.data["ticket_id"] in tickets
    ]
    changed = [one for key, one in tickets.items() if one is not known.get(key)]
    return Told(changed, updates)


def tell_ticket(
    events: Sequence[Event], known: KnownTicket | None
) -> tuple[KnownTicket, NewUpdate]:
    """The newest state of one ticket, and the update that tells it.

    Of an event that comes late only the scope counts: whoever could see the ticket then must hear
    that it has gone on.
    """
    newest = max(events, key=lambda event: int(event.data["seq"]))
    if known is None or newest.data["seq"] > known.seq:
        data = newest.data
        state = KnownTicket(data["ticket_id"], data["seq"], _scope(data), _ticket_body(newest))
    else:
        state = known
    passed = [known.scope] if known else []
    for event in sorted(events, key=lambda event: int(event.data["seq"])):
        passed += [_scope_before(event.data), _scope(event.data)]
    return state, NewUpdate(
        kind=TICKET,
        body=state.body,
        ticket_id=state.ticket_id,
        scope=state.scope,
        previous=_others(passed, state.scope),
        is_public=any(_is_public(event.type) for event in events),
    )


def _is_public(type: str) -> bool:
    return type not in _INTERNAL and not type.startswith(_INTERNAL_PREFIX)


def _by_ticket(events: Iterable[Event]) -> dict[UUID, list[Event]]:
    groups: dict[UUID, list[Event]] = defaultdict(list)
    for event in events:
        groups[event.data["ticket_id"]].append(event)
    return groups


def _others(scopes: Iterable[Json], present: Json) -> list[Json]:
    found: list[Json] = []
    for scope in scopes:
        if scope != present and scope not in found:
            found.append(scope)
    return found


def _scope(data: Mapping[str, Any]) -> Json:
    """Without what is empty: a part that nobody has named allows nothing."""
    scope = plain(data["scope"])
    wanted = ("assignee", "group", "department", "region", "requester")
    lists = {name: scope[name] for name in ("cc", "collaborators") if scope.get(name)}
    return {name: scope.get(name) for name in wanted} | lists


def _scope_before(data: Mapping[str, Any]) -> Json:
    """As far as the event itself tells it: of tickets that we have not known before."""
    before = _scope(data)
    if "previous_assignee_id" in data:
        before["assignee"] = plain(data["previous_assignee_id"])
    if data.get("from_group_id"):
        before["group"] = plain(data["from_group_id"])
    return before


def _ticket_body(event: Event) -> Json:
    return _body(event, _TOLD_OF_TICKETS) | {"actor_id": plain(event.data["actor"].get("id"))}


def _clocks(events: Iterable[Event], tickets: Mapping[UUID, KnownTicket]) -> list[NewUpdate]:
    """The newest of each ticket. Of an unknown one those hear whom it names, if any."""
    newest: dict[UUID, Event] = {}
    for event in sorted(events, key=lambda event: int(event.data["revision"])):
        newest[event.data["ticket_id"]] = event
    told = [_clock(event, tickets.get(ticket_id)) for ticket_id, event in newest.items()]
    return [update for update in told if update.scope]


def _clock(event: Event, ticket: KnownTicket | None) -> NewUpdate:
    named = {"assignee": event.data.get("assignee_id"), "group": event.data.get("group_id")}
    scope = ticket.scope if ticket else plain(named) if any(named.values()) else None
    body = _body(event, _TOLD_OF_CLOCKS)
    return NewUpdate(CLOCK, body, ticket_id=event.data["ticket_id"], scope=scope)


def _offer(event: Event) -> NewUpdate:
    """For those to whom it was offered, and for whoever sees the group's pool."""
    recipients = sorted(str(one) for one in event.data["recipients"])
    return NewUpdate(
        OFFER,
        _body(event, _TOLD_OF_OFFERS),
        ticket_id=event.data["ticket_id"],
        scope={"assignee": None, "group": plain(event.data["group_id"])},
        recipients=recipients,
    )


def _notice(event: Event) -> NewUpdate:
    recipients = [str(event.data["recipient_id"])]
    return NewUpdate(NOTICE, _body(event, _TOLD_OF_NOTICES), recipients=recipients)


def _survey(event: Event, ticket: KnownTicket) -> NewUpdate:
    body = _body(event, _TOLD_OF_SURVEYS)
    return NewUpdate(SURVEY, body, ticket_id=ticket.ticket_id, scope=ticket.scope)


def _body(event: Event, names: Iterable[str]) -> Json:
    return {"type": event.type, **{name: plain(event.data.get(name)) for name in names}}


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value
