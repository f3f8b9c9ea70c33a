"""Data scope: which tickets an actor may know of, as a SQL filter and as a test that agree.

An actor's scope `{"tickets": "all"}` or `{"tickets": "own", "unassigned": true}` becomes a list of
rules; a ticket is visible if one of them holds. Whoever has no scope sees nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true

from libs.common.actor import Actor


@dataclass(frozen=True)
class ScopeColumns:
    """The columns that hold a ticket's scope in some table."""

    assignee: ColumnElement[UUID | None]


class Rule(Protocol):
    """One reason for which a ticket may be seen."""

    def clause(self, columns: ScopeColumns) -> ColumnElement[bool]:
        """As SQL; may be null where it does not hold."""

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """For the `scope` that tickets and their events carry."""

    def is_ruled_out(self, known: Mapping[str, Any]) -> bool:
        """Whether it holds for no ticket of which this part of the scope is known."""


@dataclass(frozen=True)
class Everything:
    """All tickets."""

    def clause(self, columns: ScopeColumns) -> ColumnElement[bool]:
        return true()

    def holds(self, scope: Mapping[str, Any]) -> bool:
        return True

    def is_ruled_out(self, known: Mapping[str, Any]) -> bool:
        return False


@dataclass(frozen=True)
class AssignedTo:
    """One person's own tickets."""

    person_id: UUID

    def clause(self, columns: ScopeColumns) -> ColumnElement[bool]:
        return columns.assignee == self.person_id

    def holds(self, scope: Mapping[str, Any]) -> bool:
        return scope["assignee"] == self.person_id

    def is_ruled_out(self, known: Mapping[str, Any]) -> bool:
        return "assignee" in known and not self.holds(known)


@dataclass(frozen=True)
class Unassigned:
    """Tickets that are nobody's yet."""

    def clause(self, columns: ScopeColumns) -> ColumnElement[bool]:
        return columns.assignee.is_(None)

    def holds(self, scope: Mapping[str, Any]) -> bool:
        return scope["assignee"] is None

    def is_ruled_out(self, known: Mapping[str, Any]) -> bool:
        return "assignee" in known and not self.holds(known)


def rules_of(actor: Actor) -> list[Rule]:
    """The reasons for which this actor may see a ticket."""
    if actor.scopes.get("tickets") == "all":
        return [Everything()]
    rules: list[Rule] = []
    if actor.scopes.get("tickets") == "own" and actor.subject is not None:
        rules.append(AssignedTo(actor.subject))
    if actor.scopes.get("unassigned") is True:
        rules.append(Unassigned())
    return rules


def allows(actor: Actor, scope: Mapping[str, Any]) -> bool:
    """Whether the actor may see a ticket with this scope."""
    return any(rule.holds(scope) for rule in rules_of(actor))


def visible(actor: Actor, columns: ScopeColumns) -> ColumnElement[bool]:
    """The same as a condition on rows."""
    return or_(false(), *branches(actor, columns))


def branches(
    actor: Actor, columns: ScopeColumns, known: Mapping[str, Any] | None = None
) -> list[ColumnElement[bool]]:
    """The condition in disjoint parts, each of which an index can answer in the list's order.

    Read each to the page's length and merge: an OR of narrow scopes would read the whole table.
    Parts that contradict what the caller knows of its rows (`known`) are left out.
    """
    # Own and unassigned exclude each other; a rule that overlaps must exclude the earlier ones.
    return [rule.clause(columns) for rule in rules_of(actor) if not rule.is_ruled_out(known or {})]
