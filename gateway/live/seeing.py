"""Who may know of which update: the rules of `libs.common.scope` over the scopes of updates.

Whoever may see a ticket gets its update; whoever could see it until now hears that it is gone, and
no more than that. Requesters hear that something public has happened. Updates of one thing that
come in one batch are told as one, the newest; nothing overtakes anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from gateway.live.storage import Row
from gateway.live.updates import CLOCK, SURVEY, TICKET
from libs.common.actor import Actor
from libs.common.scope import RequestedBy, Rule, rules_of

_PARTS = frozenset({"assignee", "group", "department", "region", "requester"})
_OF_TICKETS = frozenset({TICKET, CLOCK, SURVEY})
# Of what requesters hear nothing.
_STAFF_ONLY = frozenset({CLOCK, SURVEY})


@dataclass(frozen=True)
class Viewer:
    """Somebody with an open stream, by what decides what they may know."""

    person_id: UUID
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, actor: Actor) -> "Viewer":
        """The viewer that an actor is; nobody without a subject.

        A scope alone grants nothing: who may not read tickets hears what is sent to them by name.
        """
        assert actor.subject is not None
        reads = actor.may("ticket.read")
        granted = (one for one in rules_of(actor) if reads or isinstance(one, RequestedBy))
        return cls(actor.subject, tuple(granted))


class Update:
    """An update with its scopes as they are judged, and its frames on the wire."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.id = row.id
        self.scope = judged(row.scope) if row.scope else None
        self.previous = [judged(scope) for scope in row.previous]
        self.recipients = frozenset(UUID(one) for one in row.recipients)
        # What is told as one within a batch.
        is_ticket = row.kind in _OF_TICKETS
        self.thing: object = (row.kind, row.ticket_id) if is_ticket else row.id

    @cached_property
    def whole(self) -> bytes:
        """For whoever may know."""
        return frame(self.id, self.row.body)

    @cached_property
    def gone(self) -> bytes:
        """For whoever might know until now: not where to."""
        told = {"type": "ticket.gone"} | self._some("ticket_id", "number", "seq", "occurred_at")
        return frame(self.id, told)

    @cached_property
    def public(self) -> bytes:
        """For whoever has asked for it."""
        return frame(self.id, {"type": "request.changed"} | self._some("number", "occurred_at"))

    def frame_for(self, rule: Rule) -> bytes | None:
        """What one rule grants of it."""
        is_now = self.scope is not None and rule.judge(self.scope)
        if isinstance(rule, RequestedBy):
            is_told = self.row.is_public and self.row.kind not in _STAFF_ONLY
            return self.public if is_now and is_told else None
        if is_now:
            return self.whole
        if self.row.kind == TICKET and any(rule.judge(scope) for scope in self.previous):
            return self.gone
        return None

    def _some(self, *names: str) -> dict[str, Any]:
        return {name: self.row.body.get(name) for name in names}


class Batch:
    """Updates that were read at once. What a rule grants of them is found out once."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._updates = {update.id: update for update in map(Update, rows)}
        self.last_id = max(self._updates, default=0)
        self._first_id = min(self._updates, default=0)
        self._named: dict[UUID, list[int]] = defaultdict(list)
        for update in self._updates.values():
            for person_id in update.recipients:
                self._named[person_id].append(update.id)
        self._by_rule: dict[Rule, dict[int, bytes]] = {}
        self._by_rules: dict[tuple[Rule, ...], bytes] = {}

    def __len__(self) -> int:
        return len(self._updates)

    def frames_for(self, viewer: Viewer, after: int = 0) -> bytes:
        """What the viewer is told of all that is behind a position; empty if nothing."""
        if viewer.person_id in self._named or after >= self._first_id:
            return self._put_together(viewer, after)
        if (known := self._by_rules.get(viewer.rules)) is None:
            known = self._by_rules[viewer.rules] = self._put_together(viewer, 0)
        return known

    def _put_together(self, viewer: Viewer, after: int) -> bytes:
        granted = [self._granted(rule) for rule in viewer.rules]
        named = self._named.get(viewer.person_id, ())
        told: dict[object, bytes] = {}
        for place in sorted({*named, *(one for each in granted for one in each)}):
            if place <= after:
                continue
            update = self._updates[place]
            frames = [each[place] for each in granted if place in each]
            is_whole = place in named or update.whole in frames
            # Anew and not in its old place: the newest comes where it belongs.
            told.pop(update.thing, None)
            told[update.thing] = update.whole if is_whole else frames[0]
        return b"".join(told.values())

    def _granted(self, rule: Rule) -> dict[int, bytes]:
        known = self._by_rule.get(rule)
        if known is None:
            found = ((place, one.frame_for(rule)) for place, one in self._updates.items())
            known = self._by_rule[rule] = {place: told for place, told in found if told}
        return known


def judged(scope: Mapping[str, Any]) -> dict[str, Any]:
    """A scope from JSON as rules judge it."""
    return {
        name: UUID(value)
        if name in _PARTS and value
        else tuple(UUID(one) for one in value)
        if isinstance(value, list)
        else value
        for name, value in scope.items()
    }


def frame(position: int, body: Mapping[str, Any], event: str | None = None) -> bytes:
    """A server-sent event; `position` is where to go on after it."""
    named = f"event: {event}\n".encode() if event else b""
    return b"id: %d\n%bdata: %b\n\n" % (position, named, orjson.dumps(body))


def beat(position: int) -> bytes:
    """A sign of life that also moves the position; browsers tell it to nobody.

    An event without data, by https://html.spec.whatwg.org/multipage/server-sent-events.html.
    """
    return b": here\nid: %d\n\n" % position
