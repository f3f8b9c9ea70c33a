"""Changes statuses: own ones are added and archived, all of them renamed and ordered.

What a status stands on is never changed: tickets have the meaning that they were given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, InvalidInput, NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain.moves import dead_ends
from services.ticketing.domain.status_fields import MOST_OWN, read_changes, read_status
from services.ticketing.domain.statuses import CATEGORY_OF, Status
from services.ticketing.domain.templates.content import parse_content
from services.ticketing.storage import status_rows as rows
from services.ticketing.storage.template_rows import all_templates, lock_templates
from services.ticketing.storage.versioned_rows import demand_version

_TOLD = ("customer_text_zh", "customer_text_en")

Edited = tuple[Row[Any] | None, Row[Any]]  # before, after


def create_status(uow: UnitOfWork, values: Mapping[str, Any]) -> Edited:
    """An own one, right behind the last that stands on the same base."""
    read = read_status(values, f"own_{uuid7().hex}")
    rows.lock_statuses(uow.session)
    known = rows.all_statuses(uow.session)
    if any(one.key == read["key"] for one in known):
        raise field_error("key", "is used by another status", "status.key_taken")
    if sum(1 for one in known if one.key != one.base) >= MOST_OWN:
        raise Conflict("status.too_many", f"there are at most {MOST_OWN} own statuses")
    _refuse_name(known, read, read["key"])
    [base] = [one for one in known if one.key == read["base"]]
    texts = {name: getattr(base, name) for name in _TOLD}
    rows.add_row(uow.session, {"category": CATEGORY_OF[base.key], "color": None, **texts, **read})
    place = max(place for place, one in enumerate(known) if one.base == base.key) + 1
    keys = [one.key for one in known]
    rows.keep_order(uow.session, [*keys[:place], read["key"], *keys[place:]])
    return None, _found(uow.session, read["key"])


def edit_status(
    uow: UnitOfWork, key: str, version: int | None, values: Mapping[str, Any]
) -> Edited:
    """Other words or colour, or put away: tickets keep what is put away until they are moved."""
    # Whoever saves a template asks which statuses there are, behind the same lock.
    lock_templates(uow.session)
    rows.lock_statuses(uow.session)
    before = _found(uow.session, key)
    demand_version(version, before)
    changes = read_changes(values, is_own=before.base != before.key)
    after = {**before._mapping, **changes}
    if not after["is_archived"]:
        _refuse_name(rows.all_statuses(uow.session), after, key)
    elif not before.is_archived:
        _refuse_needed(uow.session, key)
    changed = {name for name, value in changes.items() if before._mapping[name] != value}
    if changed:
        if before.base == before.key and changed & set(_TOLD):
            changes["is_reworded"] = True
        rows.change_row(uow.session, key, changes)
    return before, _found(uow.session, key)


def order_statuses(uow: UnitOfWork, keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """Another order for people to see them in; returns the one before, and this."""
    rows.lock_statuses(uow.session)
    before = [row.key for row in rows.all_statuses(uow.session)]
    if sorted(keys) != sorted(before):
        raise field_error("keys", "must name every status once")
    rows.keep_order(uow.session, keys)
    return before, list(keys)


def _found(session: Session, key: str) -> Row[Any]:
    row = rows.find_row(session, key)
    if row is None:
        raise NotFound("status.unknown", "there is no such status")
    return row


def _refuse_name(known: Sequence[Row[Any]], wanted: Mapping[str, Any], key: str) -> None:
    """People find statuses by their names: no two in use share one."""
    for name in ("label_zh", "label_en"):
        taken = {
            getattr(one, name).lower() for one in known if one.key != key and not one.is_archived
        }
        if wanted[name].lower() in taken:
            where = name.replace("_", ".")
            raise field_error(where, "is the name of another status", "status.name_taken")


def _refuse_needed(session: Session, key: str) -> None:
    """A template whose tickets could never be closed without it."""
    own = dict(rows.own_statuses(session))
    own[key] = Status(key, own[key].base, is_archived=True)
    needing = []
    for template in all_templates(session):
        try:
            rules = parse_content(template["content"]).definition.statuses
        except InvalidInput:
            continue
        if template["is_active"] and rules is not None and dead_ends(rules, own):
            needing.append(template["key"])
    if needing:
        raise Conflict(
            "status.needed",
            f"tickets could not be closed any more with the templates {', '.join(needing)}",
            {"templates": needing},
        )
