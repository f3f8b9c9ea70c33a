"""The list of known tags, and the job that carries a renaming through the tickets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from libs.common.actor import Actor
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.tagging import MOST, read_tag
from services.ticketing.storage import tag_rows, versioned_rows
from services.ticketing.storage.tables import known_tags
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.use_cases.keeping import keep

_BATCH = 50  # tickets in one transaction

Edited = tuple[Row[Any] | None, Row[Any] | None]


def create_tag(uow: UnitOfWork, values: Mapping[str, Any]) -> Edited:
    """A known tag; raises Conflict where there is one of this name."""
    versioned_rows.take_turn(uow.session, "tags")
    if len(tag_rows.list_tags(uow.session, "", None, MOST)) >= MOST:
        raise Conflict("tag.too_many", f"there are at most {MOST} known tags")
    read = read_tag({"name": None, **values})
    if tag_rows.find_by_name(uow.session, read["name"]):
        raise _taken()
    return None, versioned_rows.add_row(uow.session, known_tags, {"tag_id": uuid7(), **read})


def edit_tag(
    uow: UnitOfWork, actor: Actor, tag_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> Edited:
    """Another name, which tickets get, too, little by little; another colour; put away or back."""
    before = _take(uow, tag_id, version)
    read = read_tag(changes)
    name = read.get("name", before.name)
    try:
        with uow.savepoint():
            after = versioned_rows.change_row(uow.session, known_tags, tag_id, read)
    except IntegrityError as error:
        if "uq_known_tags_name" not in str(error.orig):
            raise
        raise _taken() from None
    if name != before.name:
        tag_rows.order_renaming(uow.session, before.name, name, actor)
    return before, after


def merge_tag(
    uow: UnitOfWork, actor: Actor, tag_id: UUID, version: int | None, into: UUID
) -> Edited:
    """One tag becomes another: the list loses it at once, the tickets little by little."""
    before = _take(uow, tag_id, version)
    target = versioned_rows.find_row(uow.session, known_tags, into)
    if target is None or into == tag_id:
        raise field_error("into", "is no other known tag", "tag.unknown")
    versioned_rows.remove_row(uow.session, known_tags, tag_id)
    tag_rows.order_renaming(uow.session, before.name, target.name, actor)
    return before, target


def rename_tags(database: Database, now: datetime) -> bool:
    """The next tickets of the oldest renaming; whether there may be more.

    Whoever dies leaves tickets with the old name, which the next one finds.
    """
    with database.begin() as uow:
        renaming = tag_rows.next_renaming(uow.session)
        if renaming is None:
            return False
        old, new = renaming["old_name"], renaming["new_name"]
        ids = tag_rows.tickets_having(uow.session, old, _BATCH)
        by = Actor(renaming["person_id"], renaming["person_name"], kind="staff")
        act = Act(by if by.subject else RULES, now, uuid7)
        tickets = lock_by_ids(uow.session, ids)
        for ticket in tickets.values():
            ticket.rename_tag(old, new, act)
        keep(uow, *tickets.values())
        if not ids:
            tag_rows.finish_renaming(uow.session, renaming["renaming_id"])
        crash_point("amid_tag_renaming")
        uow.commit()
    return True


def _take(uow: UnitOfWork, tag_id: UUID, version: int | None) -> Row[Any]:
    versioned_rows.take_turn(uow.session, "tags")
    row = versioned_rows.find_row(uow.session, known_tags, tag_id)
    if row is None:
        raise NotFound("tag.not_found", "there is no such tag")
    versioned_rows.demand_version(version, row)
    return row


def _taken() -> Conflict:
    return Conflict("tag.name_taken", "there is a tag of this name; merge the two instead")
