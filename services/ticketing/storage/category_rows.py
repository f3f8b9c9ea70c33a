"""Categories, all at once: there are few."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, Select, Uuid, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from libs.common.errors import Conflict
from services.ticketing.domain.categories import Category, Node, Tree
from services.ticketing.storage.tables import categories, tickets

_ALL = select(categories).order_by(categories.c.position, categories.c.name_zh)
_PLACES = text(
    "SELECT category_id, path, names_zh, names_en FROM ticket_categories "
    "WHERE category_id = ANY(CAST(:ids AS uuid[]))"
)
# Whoever changes the tree sees all of it: two moves could make a circle.
_LOCK = text("LOCK TABLE ticket_categories IN SHARE ROW EXCLUSIVE MODE")
_ADD = text(
    "INSERT INTO ticket_categories (category_id, parent_id, name_zh, name_en, defaults, position, "
    "path, names_zh, names_en) VALUES (:category_id, :parent_id, :name_zh, :name_en, "
    "CAST(:defaults AS jsonb), (SELECT coalesce(max(position), 0) + 1 FROM ticket_categories), "
    "'{}', '{}', '{}')"
)
_CHANGE = text(
    "UPDATE ticket_categories SET parent_id = :parent_id, name_zh = :name_zh, name_en = :name_en, "
    "is_active = :is_active, defaults = CAST(:defaults AS jsonb), version = version + 1 "
    "WHERE category_id = :category_id"
)
_PLACE = text(
    "UPDATE ticket_categories c SET path = given.path, names_zh = given.names_zh, "
    "names_en = given.names_en "
    "FROM json_populate_recordset(NULL::ticket_categories, CAST(:rows AS json)) AS given "
    "WHERE c.category_id = given.category_id "
    "AND (c.path, c.names_zh, c.names_en) <> (given.path, given.names_zh, given.names_en)"
)
_ORDER = text(
    "UPDATE ticket_categories SET position = given.position "
    "FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (category_id, position) "
    "WHERE ticket_categories.category_id = given.category_id"
)

# A replica that finds them taken has nothing to tell.
_UNTOLD = text(
    "UPDATE ticket_categories SET told_version = version WHERE category_id IN ("
    "SELECT category_id FROM ticket_categories WHERE told_version < version "
    "ORDER BY category_id LIMIT :n FOR UPDATE SKIP LOCKED) "
    "RETURNING category_id, parent_id, name_zh, name_en, is_active, version"
)


def list_rows(session: Session) -> Sequence[Row[Any]]:
    """All rows, siblings in their order."""
    return session.execute(_ALL).all()


def lock_rows(session: Session) -> Sequence[Row[Any]]:
    """The same, before a change."""
    session.execute(_LOCK)
    return list_rows(session)


def read_tree(session: Session) -> Tree:
    """The tree as it is."""
    return tree_of(list_rows(session))


def tree_of(rows: Sequence[Row[Any]]) -> Tree:
    """In the terms of the domain."""
    return Tree(
        Node(
            row.category_id,
            row.parent_id,
            row.name_zh,
            row.name_en,
            row.is_active,
            row.defaults,
        )
        for row in rows
    )


def take_untold(session: Session, n: int) -> Sequence[Row[Any]]:
    """So many that others have not been told of as they are now; they count as told."""
    return session.execute(_UNTOLD, {"n": n}).all()


def places_of(session: Session, ids: Collection[UUID]) -> dict[UUID, Category]:
    """Where these lie, by id."""
    rows = session.execute(_PLACES, {"ids": list(ids)})
    return {
        row.category_id: Category(
            row.category_id, tuple(row.path), tuple(row.names_zh), tuple(row.names_en)
        )
        for row in rows
    }


def ids_below(ids: Sequence[UUID]) -> Select[Any]:
    """Selects these and all that lie below one of them."""
    wanted = cast(list(ids), ARRAY(Uuid))
    return select(categories.c.category_id).where(categories.c.path.overlap(wanted))


def names_of(language: str) -> ColumnElement[Any]:
    """A column of the names of a ticket's category, from the top down."""
    names = categories.c[f"names_{language}"]
    mine = select(names).where(categories.c.category_id == tickets.c.category_id)
    return mine.correlate(tickets).scalar_subquery().label(f"category_{language}")


def path_of() -> ColumnElement[Any]:
    """A column of the ids of a ticket's category, from the top down."""
    mine = select(categories.c.path).where(categories.c.category_id == tickets.c.category_id)
    return mine.correlate(tickets).scalar_subquery().label("category_path")


def add_category(session: Session, node: Node) -> None:
    """Behind its siblings. Raises Conflict for a sibling's name."""
    _put(session, _ADD, node)


def change_category(session: Session, node: Node) -> None:
    """The next version of it. Raises Conflict for a sibling's name."""
    _put(session, _CHANGE, node)


def _put(session: Session, statement: Any, node: Node) -> None:
    values: dict[str, Any] = {**vars(node), "defaults": orjson.dumps(node.defaults).decode()}
    if statement is _ADD:
        values.pop("is_active")
    try:
        with session.begin_nested():
            session.execute(statement, values)
    except IntegrityError as error:
        if "uq_ticket_categories_name" not in str(error.orig):
            raise
        raise Conflict("category.name_taken", "a category beside it has this name") from None
    _place_all(session)


def _place_all(session: Session) -> None:
    """Have every path and its names follow from the rows above."""
    tree = read_tree(session)
    rows: list[Mapping[str, Any]] = [vars(tree.place(one)) for one in tree.nodes]
    session.execute(_PLACE, {"rows": orjson.dumps(rows).decode()})


def order_categories(session: Session, ids: Sequence[UUID]) -> None:
    """Siblings in this order."""
    session.execute(_ORDER, {"ids": list(ids)})
