"""Who asks for figures of what: scope and filters as SQL over acts or stays, and whether sums that
are kept can answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Uuid, literal_column, text, true

from libs.common.actor import Actor
from libs.common.scope import Everything, ScopeColumns, rules_of, visible
from services.reporting.domain.covering import Marked
from services.reporting.domain.vocabulary import CATEGORY, COLUMN_OF, NONE, STATUS
from services.reporting.storage.measuring import key_of, nodes_of

_UUIDS = ("group", "department", "agent", "region")


def _column(name: str) -> ColumnElement[Any]:
    return literal_column(f"tickets.{name}", Uuid)


# The ticket as it is now: figures are shown to whoever may open their tickets.
TICKET_SCOPE = ScopeColumns(
    _column("assignee_id"),
    _column("group_id"),
    _column("department_id"),
    _column("region_id"),
    _column("customer_id"),
)


@dataclass(frozen=True)
class Filters:
    """Keys by dimension, '' for what has none; `scores`: of the newest rating.

    `row`: of a report by category the key of the row, where categories are filtered, too.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scores: tuple[int, ...] = ()
    row: str | None = None


@dataclass(frozen=True)
class Asked:
    """Figures of what `actor` may see, filtered; `marked`: which sums do not hold just now."""

    actor: Actor
    filters: Filters
    marked: Marked

    @property
    def sees_all(self) -> bool:
        """Whether the actor's scope leaves nothing out."""
        return any(isinstance(rule, Everything) for rule in rules_of(self.actor))

    def place(self, dimension: str | None, *, is_stock: bool) -> tuple[str, tuple[str, ...]] | None:
        """The dimension of the sums that answer, and which of its keys (none: all).

        None where tickets must be counted: narrow scopes, several filters. The status of acts is
        the ticket's present one, and is not kept in sums.
        """
        keys = self.filters.keys
        if not self.sees_all or self.filters.scores or len(keys) > 1:
            return None
        filtered = next(iter(keys), None)
        if filtered and dimension not in (None, filtered):
            return None
        # A ticket that lies in both of two categories counts once, and in those above them, too.
        if filtered == CATEGORY and (dimension or self.filters.row or len(keys[CATEGORY]) > 1):
            return None
        place = filtered or dimension or ""
        if place == STATUS and not is_stock:
            return None
        return place, keys.get(place, ())

    def key(self, table: str, dimension: str | None) -> str:
        """The key by which rows of acts or stays are grouped."""
        if dimension == STATUS and table == "acts":
            return "coalesce(tickets.status, '')"
        return key_of(table, dimension)

    def joined(self, table: str, dimension: str | None = None) -> str:
        """The join with tickets, where they are asked for."""
        by_status = table == "acts" and (dimension == STATUS or STATUS in self.filters.keys)
        nodes = nodes_of(table) if dimension == CATEGORY else ""
        if self.sees_all and not self.filters.scores and not by_status:
            return nodes
        return f" JOIN tickets ON tickets.ticket_id = {table}.ticket_id{nodes}"

    def condition(self, table: str) -> tuple[list[ColumnElement[bool]], dict[str, Any]]:
        """Scope and filters, with their parameters."""
        parts: list[Any] = [true() if self.sees_all else visible(self.actor, TICKET_SCOPE)]
        given: dict[str, Any] = {}
        if self.filters.row is not None:
            parts.append(text(_below(table, "row_category", (self.filters.row,))))
            given["row_category"] = [key for key in (self.filters.row,) if key != NONE]
        for dimension, keys in self.filters.keys.items():
            given[f"only_{dimension}"] = [key for key in keys if key != NONE]
            if dimension == CATEGORY:
                parts.append(text(_below(table, f"only_{dimension}", keys)))
                continue
            is_present = dimension == STATUS and table == "acts"
            column = "tickets.status" if is_present else f"{table}.{_name(dimension)}"
            parts.append(text(_among(column, dimension, keys)))
        if self.filters.scores:
            parts.append(text("tickets.score = ANY(:only_scores)"))
            given["only_scores"] = list(self.filters.scores)
        return parts, given


def _name(dimension: str) -> str:
    return COLUMN_OF.get(dimension, dimension)


def _below(table: str, name: str, keys: tuple[str, ...]) -> str:
    """In one of these categories or below it."""
    found = f"{table}.category_path && CAST(:{name} AS uuid[])"
    return f"({found} OR {table}.category_path = '{{}}')" if NONE in keys else found


def _among(column: str, dimension: str, keys: tuple[str, ...]) -> str:
    kind = "uuid" if dimension in _UUIDS else "text"
    found = f"{column} = ANY(CAST(:only_{dimension} AS {kind}[]))"
    return f"({found} OR {column} IS NULL)" if NONE in keys else found
