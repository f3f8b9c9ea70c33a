"""Lists of tickets: filtered, sorted, read page by page along an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, tuple_, union_all
from sqlalchemy.orm import Session

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from services.ticketing.queries.filters import DUE_ORDER, clauses, known_scope
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_row
from services.ticketing.storage.category_rows import names_of
from services.ticketing.storage.tables import tickets

LIMIT = 100

# Soonest first, and what has no due time last; as the index has it.
_DUE_ORDER: ColumnElement[datetime] = DUE_ORDER.label("due_order")

ROWS = select(
    tickets.c.ticket_id,
    tickets.c.number,
    tickets.c.number_order,
    tickets.c.subject,
    tickets.c.kind,
    tickets.c.category_id,
    names_of("zh"),
    names_of("en"),
    tickets.c.urgency_word,
    tickets.c.channel,
    tickets.c.status,
    tickets.c.status_category,
    tickets.c.own_status,
    tickets.c.urgency,
    tickets.c.urgency_rank,
    tickets.c.assignee_id,
    tickets.c.assignee_name,
    tickets.c.group_id,
    tickets.c.group_name,
    tickets.c.department_id,
    tickets.c.region_id,
    tickets.c.customer_id,
    tickets.c.customer_name,
    tickets.c.created_at,
    tickets.c.updated_at,
    tickets.c.last_customer_message_at,
    tickets.c.next_due_at,
    _DUE_ORDER,
    tickets.c.is_overdue,
    tickets.c.score,
    tickets.c.is_dissatisfied,
    tickets.c.close_kind,
    tickets.c.urge_count,
    tickets.c.last_urged_at,
    tickets.c.is_supervised,
    tickets.c.is_confidential,
    tickets.c.supervision,
    tickets.c.deleted_at,
    tickets.c.version,
)

# The columns of each order, ending in one that makes it total.
_SORTS: Mapping[str, tuple[tuple[str, type], ...]] = {
    "updated_at": (("updated_at", datetime), ("ticket_id", UUID)),
    "created_at": (("created_at", datetime), ("ticket_id", UUID)),
    "urgency": (("urgency_rank", int), ("updated_at", datetime), ("ticket_id", UUID)),
    "number": (("number_order", int),),
    "urge_count": (("urge_count", int), ("updated_at", datetime), ("ticket_id", UUID)),
    "due": (("due_order", datetime), ("ticket_id", UUID)),
}


@dataclass(frozen=True)
class _Order:
    name: str
    keys: tuple[tuple[str, type], ...]
    is_descending: bool

    @classmethod
    def parse(cls, text: str) -> "_Order":
        name = text.removeprefix("-") if isinstance(text, str) else ""
        if name not in _SORTS:
            choices = ", ".join(f"{key}, -{key}" for key in _SORTS)
            raise field_error("sort", f"must be one of {choices}", "filter.invalid")
        return cls(text, _SORTS[name], text != name)

    def apply(self, statement: Any) -> Any:
        """By names, which a merged page has as well."""
        direction = "DESC" if self.is_descending else "ASC"
        return statement.order_by(*(text(f"{name} {direction}") for name, _ in self.keys))

    def columns(self) -> list[ColumnElement[Any]]:
        """What it goes by, apart from the ticket's id."""
        names = [name for name, _ in self.keys if name != "ticket_id"]
        return [_DUE_ORDER if name == "due_order" else tickets.c[name] for name in names]

    def after(self, cursor: str) -> ColumnElement[bool]:
        """Rows beyond the cursor, which must come from a list in this order."""
        kinds = [kind for _, kind in self.keys]
        name, *values = decode_cursor(cursor, len(kinds) + 1, str, *kinds)
        if name != self.name:
            raise field_error("cursor", "belongs to another order", "cursor.invalid")
        keys = tuple_(*(_column(name) for name, _ in self.keys))
        return keys < tuple_(*values) if self.is_descending else keys > tuple_(*values)

    def cursor(self, row: Any) -> str:
        return encode_cursor([self.name, *(getattr(row, name) for name, _ in self.keys)])


def _column(name: str) -> ColumnElement[Any]:
    return DUE_ORDER if name == "due_order" else tickets.c[name]


def list_tickets(
    uow: UnitOfWork,
    actor: Actor,
    filters: Mapping[str, Any],
    sort: str = "-updated_at",
    limit: int = 25,
    cursor: str | None = None,
    *,
    beside: Sequence[ColumnElement[bool]] = (),
) -> dict[str, Any]:
    """A page of what the actor may see: {items, next_cursor}; `beside` narrows it further."""
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
    order = _Order.parse(sort)
    conditions = [*clauses(filters, actor), *beside]
    if cursor:
        conditions.append(order.after(cursor))
    branches = scope.branches(actor, TICKET_SCOPE, known_scope(filters, actor))
    rows = _read(uow.session, branches, conditions, order, limit + 1) if branches else []
    return {
        "items": [show_row(row) for row in rows[:limit]],
        "next_cursor": order.cursor(rows[limit - 1]) if len(rows) > limit else None,
    }


def _read(
    session: Session,
    branches: Sequence[ColumnElement[bool]],
    conditions: Sequence[ColumnElement[bool]],
    order: _Order,
    limit: int,
) -> Sequence[Any]:
    """Each branch of the actor's scope read to the page's length, then merged."""
    if len(branches) == 1:
        rows = order.apply(ROWS.where(*branches, *conditions)).limit(limit)
        return session.execute(rows).all()
    # What each part is ordered by is told by its index; only what is shown is read.
    keys = select(tickets.c.ticket_id, *order.columns())
    parts = [order.apply(keys.where(part, *conditions)).limit(limit) for part in branches]
    page = order.apply(union_all(*parts)).limit(limit).subquery("page")
    rows = order.apply(ROWS.join(page, page.c.ticket_id == tickets.c.ticket_id))
    return session.execute(rows).all()
