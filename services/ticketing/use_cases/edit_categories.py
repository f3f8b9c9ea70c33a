"""The tree of categories as administrators keep it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain import categories as rules
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.categories import Node, Tree
from services.ticketing.domain.templates.offering import NOT_OFFERED
from services.ticketing.storage import category_moves
from services.ticketing.storage import category_rows as storage
from services.ticketing.storage.directory import find_team
from services.ticketing.storage.template_versions import find_current
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.storage.urgency_words import read_words
from services.ticketing.storage.versioned_rows import demand_version
from services.ticketing.use_cases.keeping import keep

_BATCH = 50  # tickets in one transaction
_MEMBERS = ("name_zh", "name_en", "parent_id", "is_active", "defaults")

Edited = tuple[Row[Any] | None, Row[Any]]


def create_category(uow: UnitOfWork, values: Mapping[str, Any]) -> Edited:
    """Behind its siblings. Raises InvalidInput, or Conflict where it cannot stand."""
    rows = storage.lock_rows(uow.session)
    if len(rows) >= rules.MOST:
        raise Conflict("category.too_many", f"there are at most {rules.MOST} categories")
    given = {"name_zh": None, **values}
    node = _changed(uow, storage.tree_of(rows), Node(uuid7(), None, ""), given, is_new=True)
    storage.add_category(uow.session, node)
    return None, _row(storage.list_rows(uow.session), node.category_id)


def edit_category(
    uow: UnitOfWork, category_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> Edited:
    """Another name, place or defaults; put away, or in use again. Returns it before and after.

    `before_id` names the sibling before which it comes to stand where it lies then; null: the last.
    """
    changes = dict(changes)
    is_placed, before_id = "before_id" in changes, _id("before_id", changes.pop("before_id", None))
    rows = storage.lock_rows(uow.session)
    before, tree = _row(rows, category_id), storage.tree_of(rows)
    demand_version(version, before)
    node = _changed(uow, tree, tree.nodes[category_id], changes)
    storage.change_category(uow.session, node)
    if is_placed:
        storage.order_categories(uow.session, rules.order_with(tree, node, before_id))
    if node.parent_id != before.parent_id:
        category_moves.order_telling(uow.session, category_id)
    return before, _row(storage.list_rows(uow.session), category_id)


def tell_moves(database: Database, now: datetime) -> bool:
    """The next unfinished tickets of the oldest move tell others their path; whether more may.

    Copies judge by the path that they were told last. Of a ticket in the timeline nothing changes:
    it lies where it lay.
    """
    with database.begin() as uow:
        move = category_moves.next_move(uow.session)
        if move is None:
            return False
        ids = category_moves.tickets_behind(uow.session, move, _BATCH)
        tickets = lock_by_ids(uow.session, ids)
        for ticket in tickets.values():
            ticket.tell_path(Act(RULES, now, uuid7))
        keep(uow, *tickets.values())
        if ids:
            category_moves.note_told(uow.session, move, ids[-1])
        else:
            category_moves.finish_move(uow.session, move)
        crash_point("amid_category_move")
        uow.commit()
    return True


def order_categories(
    uow: UnitOfWork, parent_id: UUID | None, ids: Sequence[UUID]
) -> tuple[list[UUID], list[UUID]]:
    """Siblings in another order; returns it before and after."""
    rows = storage.lock_rows(uow.session)
    before = [row.category_id for row in rows if row.parent_id == parent_id]
    if set(ids) != set(before) or len(ids) != len(before):
        message = "must name every category of the parent once"
        raise field_error("category_ids", message, "category.order_incomplete")
    storage.order_categories(uow.session, ids)
    return before, list(ids)


def _changed(
    uow: UnitOfWork, tree: Tree, node: Node, changes: Mapping[str, Any], *, is_new: bool = False
) -> Node:
    for name in changes:
        if name not in _MEMBERS:
            raise field_error(name, "is not known here", "field.unknown")
    read = rules.read_names(changes)
    if "parent_id" in changes:
        read["parent_id"] = _id("parent_id", changes["parent_id"])
    if "is_active" in changes:
        if not isinstance(changes["is_active"], bool):
            raise field_error("is_active", "must be true or false")
        read["is_active"] = changes["is_active"]
    if "defaults" in changes:
        read["defaults"] = _known(uow, rules.read_defaults(changes["defaults"]))
    after = replace(node, **read)
    rules.check_place(tree.parents, None if is_new else node.category_id, after.parent_id)
    _refuse_contradictions(
        uow,
        tree,
        after,
        "parent_id" if after.parent_id != node.parent_id else "defaults.template_key",
    )
    return after


def _refuse_contradictions(uow: UnitOfWork, tree: Tree, after: Node, blamed: str) -> None:
    """What it or a category below it gives its tickets must be a template that offers it."""
    changed = Tree([*(tree.nodes | {after.category_id: after}).values()])
    for category_id in rules.below(changed.parents, after.category_id):
        key = changed.nodes[category_id].defaults.get("template_key")
        template = find_current(uow.session, key) if key else None
        place = changed.place(category_id)
        if template and not template.offers(place):
            told = f"template {key} does not offer {' › '.join(place.names_zh)}"
            raise field_error(blamed, told, NOT_OFFERED)


def _id(name: str, value: object) -> UUID | None:
    if value is None or isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        raise field_error(name, "must be a UUID") from None


def _known(uow: UnitOfWork, defaults: dict[str, Any]) -> dict[str, Any]:
    """Refuses what is not there, or no longer."""
    session = uow.session
    key = defaults.get("template_key")
    if key is not None and find_current(session, key) is None:
        raise field_error("defaults.template_key", "is no template in use", "template.unknown")
    group_id = defaults.get("group_id")
    if group_id is not None and find_team(session, UUID(group_id)) is None:
        raise field_error("defaults.group_id", "is no group in use", "group.unknown")
    scale = defaults.get("scale")
    if scale is not None and scale not in {one.key for one in read_words(session).scales}:
        raise field_error("defaults.scale", "there is no such scale", "scale.unknown")
    return defaults


def _row(rows: Sequence[Row[Any]], category_id: UUID) -> Row[Any]:
    found = next((row for row in rows if row.category_id == category_id), None)
    if found is None:
        raise NotFound("category.unknown", "there is no such category")
    return found
