"""Data scope: which tickets an actor may know of, as a SQL filter and as a test that agree.

The gateway signs an actor's scope as

    {"tickets": "own" | "group" | "department" | "region" | "all" | "requested",
     "pools": true, "groups": […], "departments": […], "regions": […], "requester": "…",
     "watches": […]}

`group`, `department` and `region` mean the own tickets and those of the listed units (units below
are listed by the gateway); `pools` adds what waits for somebody in the own groups or in no group;
`requested` is for requesters. Staff may read, and only read, what they are copied on (抄送) or
asked to help with (协作) by themselves or by a unit that `watches` lists. It becomes a list of
rules; a ticket is visible if one of them holds.
Whoever has no scope sees nothing, and what cannot be read in a scope grants nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true

from libs.common.actor import Actor
from libs.common.errors import Forbidden

# Up to so many units each is a part of its own, which an index answers in the list's order. More
# would take longer to plan than to read: the planner chooses between the units and the order.
_FEW = 8
_WATCHERS = "watchers"
_UNITS = {"group": "groups", "department": "departments", "region": "regions"}

Clause = ColumnElement[bool]
# Some tickets, by what their scope has in common: one value, or one of several, for each name.
Part = Mapping[str, UUID | tuple[UUID, ...] | None]


@dataclass(frozen=True)
class ScopeColumns:
    """The columns that hold a ticket's scope in some table.

    `watched_by` makes the condition that one of some ids watches the ticket; where a table does not
    keep the watchers, nobody sees a ticket for watching it.
    """

    assignee: ColumnElement[UUID | None]
    group: ColumnElement[UUID | None]
    department: ColumnElement[UUID | None]
    region: ColumnElement[UUID | None]
    requester: ColumnElement[UUID]
    watched_by: Callable[[tuple[UUID, ...]], Clause] | None = None


class Rule(Protocol):
    """One reason for which a ticket may be seen."""

    def parts(self) -> list[Part]:
        """The tickets for which it holds, in disjoint parts."""

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        """Whether it holds for the `scope` that tickets and their events carry.

        None where the scope is known in part only and that does not tell.
        """


@dataclass(frozen=True)
class Everything:
    """All tickets."""

    def parts(self) -> list[Part]:
        return [{}]

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        return True


@dataclass(frozen=True)
class AssignedTo:
    """One person's own tickets."""

    person_id: UUID

    def parts(self) -> list[Part]:
        return [{"assignee": self.person_id}]

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        return scope["assignee"] == self.person_id if "assignee" in scope else None


@dataclass(frozen=True)
class OfUnits:
    """Tickets of some groups, departments or regions; `unit` names which of the three."""

    unit: str
    ids: tuple[UUID, ...]

    def parts(self) -> list[Part]:
        if len(self.ids) > _FEW:
            return [{self.unit: self.ids}]
        return [{self.unit: one} for one in self.ids]

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        return scope[self.unit] in self.ids if self.unit in scope else None


@dataclass(frozen=True)
class InPool:
    """Tickets that are nobody's yet and wait in one of these groups, or in none."""

    groups: tuple[UUID, ...]

    def parts(self) -> list[Part]:
        in_groups = OfUnits("group", self.groups).parts() if self.groups else []
        return [{"assignee": None, **place} for place in ({"group": None}, *in_groups)]

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        is_elsewhere = scope.get("group") is not None and scope["group"] not in self.groups
        if is_elsewhere or scope.get("assignee") is not None:
            return False
        return True if {"assignee", "group"} <= scope.keys() else None


@dataclass(frozen=True)
class RequestedBy:
    """A requester's own tickets."""

    requester: UUID

    def parts(self) -> list[Part]:
        return [{"requester": self.requester}]

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        return scope["requester"] == self.requester if "requester" in scope else None


@dataclass(frozen=True)
class Watching:
    """Tickets on which somebody, or a unit of theirs, is copied or asked to help: to be read."""

    ids: tuple[UUID, ...]

    def parts(self) -> list[Part]:
        return [{_WATCHERS: self.ids}]

    def judge(self, scope: Mapping[str, Any]) -> bool | None:
        lists = [scope[name] for name in ("cc", "collaborators") if name in scope]
        if any(one in self.ids for listed in lists for one in listed or ()):
            return True
        return False if len(lists) == 2 else None


def rules_of(actor: Actor) -> list[Rule]:
    """The reasons for which this actor may see a ticket; they may overlap."""
    level = actor.scopes.get("tickets")
    if level == "all":
        return [Everything()]
    if level == "requested":
        return [RequestedBy(one) for one in listed_ids([actor.scopes.get("requester")])]
    rules: list[Rule] = []
    if level in ("own", *_UNITS) and actor.subject is not None:
        rules.append(AssignedTo(actor.subject))
    for unit, listed in _UNITS.items():
        if level == unit and (units := listed_ids(actor.scopes.get(listed))):
            rules.append(OfUnits(unit, units))
    if actor.scopes.get("pools") is True:
        rules.append(InPool(listed_ids(actor.scopes.get("groups"))))
    if level in ("own", *_UNITS) and actor.subject is not None:
        rules.append(Watching(watched_ids(actor)))
    return rules


def watched_ids(actor: Actor) -> tuple[UUID, ...]:
    """Those of the actor by which tickets name who watches them: the own, and those of units."""
    own = () if actor.subject is None else (actor.subject,)
    return (*own, *listed_ids(actor.scopes.get("watches")))


def requester_of(actor: Actor) -> UUID:
    """Whose tickets a requester sees; raises Forbidden for an actor of any other scope."""
    rules = rules_of(actor)
    if len(rules) != 1 or not isinstance(rules[0], RequestedBy):
        raise Forbidden("requester.unknown", "only requesters have requests of their own")
    return rules[0].requester


def listed_ids(values: Any) -> tuple[UUID, ...]:
    """UUIDs without repeats, from a signed list of texts; what is none of these grants nothing."""
    listed = values if isinstance(values, Sequence) and not isinstance(values, str | bytes) else ()
    return tuple(dict.fromkeys(one for one in map(_id, listed) if one is not None))


def _id(value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


def allows(actor: Actor, scope: Mapping[str, Any]) -> bool:
    """Whether the actor may see a ticket with this scope; what it lacks allows nothing."""
    return any(rule.judge(scope) for rule in rules_of(actor))


def handles(actor: Actor, scope: Mapping[str, Any]) -> bool:
    """Whether the actor sees it for another reason than watching it: who only watches reads."""
    return any(rule.judge(scope) for rule in rules_of(actor) if not isinstance(rule, Watching))


def visible(actor: Actor, columns: ScopeColumns) -> Clause:
    """The same as `allows` as a condition on rows."""
    return or_(false(), *(_whole(rule, columns) for rule in _answerable(actor, columns)))


def _answerable(actor: Actor, columns: ScopeColumns) -> list[Rule]:
    rules = rules_of(actor)
    if columns.watched_by is not None:
        return rules
    return [rule for rule in rules if not isinstance(rule, Watching)]


def branches(
    actor: Actor, columns: ScopeColumns, known: Mapping[str, Any] | None = None
) -> list[Clause]:
    """The condition in disjoint parts, each of which an index can answer in the list's order.

    Read each to the page's length and merge: an OR of narrow scopes would read the whole table.
    `known` is the part of the scope that the caller's own conditions fix for every row: parts that
    contradict it are left out, and what it says already is not asked again.
    """
    known = known or {}
    judged = [(rule, rule.judge(known)) for rule in _answerable(actor, columns)]
    if any(verdict for _, verdict in judged):
        return [true()]
    rules = [rule for rule, verdict in judged if verdict is None]
    return [
        branch
        for place, rule in enumerate(rules)
        for part in rule.parts()
        if (branch := _beyond(rules[:place], part, columns, known)) is not None
    ]


def _beyond(
    earlier: Sequence[Rule], part: Part, columns: ScopeColumns, known: Mapping[str, Any]
) -> Clause | None:
    """What a part adds to earlier rules where `known` holds; None if it is nothing."""
    if any(not _is_among(known[name], value) for name, value in part.items() if name in known):
        return None
    single = {name: value for name, value in part.items() if not isinstance(value, tuple)}
    verdicts = [(rule, rule.judge({**known, **single})) for rule in earlier]
    if any(verdict for _, verdict in verdicts):
        return None
    open_ones = [_whole(rule, columns) for rule, verdict in verdicts if verdict is None]
    asked = {name: value for name, value in part.items() if name not in known}
    # `IS NOT TRUE`: a ticket without a group is not in group x, and SQL would call that unknown.
    return and_(_clause(asked, columns), *(clause.is_not(true()) for clause in open_ones))


def _is_among(one: Any, value: UUID | tuple[UUID, ...] | None) -> bool:
    return one in value if isinstance(value, tuple) else bool(one == value)


def _whole(rule: Rule, columns: ScopeColumns) -> Clause:
    return or_(*(_clause(part, columns) for part in rule.parts()))


def _clause(part: Part, columns: ScopeColumns) -> Clause:
    """As SQL; may be null where it does not hold."""
    return and_(true(), *(_holds(columns, name, value) for name, value in part.items()))


def _holds(columns: ScopeColumns, name: str, value: UUID | tuple[UUID, ...] | None) -> Clause:
    if name == _WATCHERS:
        assert columns.watched_by is not None
        assert isinstance(value, tuple)
        return columns.watched_by(value)
    return _fits(getattr(columns, name), value)


def _fits(column: ColumnElement[Any], value: UUID | tuple[UUID, ...] | None) -> Clause:
    if isinstance(value, tuple):
        return column.in_(value)
    return column.is_(None) if value is None else column == value
