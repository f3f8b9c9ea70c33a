"""Lists of canned replies and macros that somebody may use, page by page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Table, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from libs.common.actions import parse_steps
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS, PEOPLE
from libs.common.errors import InvalidInput, field_error
from services.ticketing.domain.kept import LANGUAGES
from services.ticketing.domain.sharing import VISIBILITIES, may_change, own_groups
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.staleness import problem_of_actions
from services.ticketing.storage.kept_rows import Kind, key_of
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.macro_tables import canned_replies

Json = dict[str, Any]
Clause = ColumnElement[bool]

LIMIT = 200
_SEARCH_LIMIT = 100
_SEARCHED = ("name", "body", "shortcut", "description")
_CHOICES = {"visibility": VISIBILITIES, "language": LANGUAGES}


def list_kept(
    session: Session,
    kind: Kind,
    actor: Actor,
    filters: Mapping[str, Any],
    sort: str = "name",
    limit: int = 50,
    cursor: str | None = None,
) -> Json:
    """By name, or by how much it is used (`-usage_count`): {items, next_cursor}."""
    table = kind.table
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
    if sort not in ("name", "-usage_count"):
        raise field_error("sort", "must be one of name, -usage_count", "filter.invalid")
    first = table.c.name if sort == "name" else table.c.usage_count
    order = (first, key_of(table))
    conditions = [_seen(table, actor, kind.manages), *_narrowed(table, filters)]
    if cursor:
        after = tuple_(*decode_cursor(cursor, 2, str if sort == "name" else int, UUID))
        conditions.append(tuple_(*order) > after if sort == "name" else tuple_(*order) < after)
    ordered = order if sort == "name" else tuple(column.desc() for column in order)
    statement = select(table).where(and_(*conditions)).order_by(*ordered).limit(limit + 1)
    rows = session.execute(statement).mappings().all()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return {
        "items": present_kept(session, kind, actor, rows[:limit]),
        "next_cursor": encode_cursor([last[column.name] for column in order]) if last else None,
    }


def list_folders(session: Session, kind: Kind, actor: Actor) -> Json:
    """Folders of canned replies with how many the actor may use in each; the nameless one first."""
    table = canned_replies
    statement = (
        select(table.c.folder, func.count().label("count"))
        .where(_seen(table, actor, kind.manages))
        .group_by(table.c.folder)
        .order_by(table.c.folder)
    )
    rows = session.execute(statement).mappings()
    return {"items": [{"name": row["folder"], "count": row["count"]} for row in rows]}


def present_kept(session: Session, kind: Kind, actor: Actor, rows: Any) -> list[Json]:
    """As REST shows them, with the names of owners and groups: two statements for all.

    What macros name is looked for as well, by a statement for each kind of thing that they name.
    """
    known, acts = KnownThings(session), "actions" in kind.table.c
    people = names_of(session, PEOPLE, {row["owner_id"] for row in rows})
    groups = names_of(session, GROUPS, {row["group_id"] for row in rows if row["group_id"]})
    return [
        _show(row, kind, actor, people, groups)
        | ({"problem": _problem(row, known)} if acts else {})
        for row in rows
    ]


def _problem(macro: RowMapping, known: KnownThings) -> str | None:
    """Why it cannot do what it says any more: what it names has gone."""
    try:
        parse_steps(macro["actions"], known=known)
    except InvalidInput as wrong:
        path, messages = next(iter(wrong.details["errors"].items()))
        return f"{path}: {messages[0]}"
    return problem_of_actions(macro["actions"], known)


def _show(
    row: RowMapping,
    kind: Kind,
    actor: Actor,
    people: Mapping[UUID, str],
    groups: Mapping[UUID, str],
) -> Json:
    key, group_id = str(key_of(kind.table).name), row["group_id"]
    group = {"group_id": str(group_id), "name": groups.get(group_id, "")} if group_id else None
    owner_id = row["owner_id"]
    return {
        # The driver's names of columns are strings that JSON does not take for such.
        **{str(name): value for name, value in row.items()},
        key: str(row[key]),
        "owner_id": str(owner_id),
        "owner": {"person_id": str(owner_id), "name": people.get(owner_id, "")},
        "is_own": owner_id == actor.subject,
        "can_change": may_change(row, actor, kind.manages),
        "group_id": str(group_id) if group_id else None,
        "group": group,
        "last_used_at": show_instant(row["last_used_at"]),
        "created_at": show_instant(row["created_at"]),
        "updated_at": show_instant(row["updated_at"]),
    }


def _seen(table: Table, actor: Actor, manages: str) -> Clause:
    mine = and_(table.c.visibility == "private", table.c.owner_id == actor.subject)
    if actor.may(manages):
        return or_(mine, table.c.visibility != "private")
    ours = table.c.group_id.in_(own_groups(actor))
    return or_(mine, table.c.visibility == "shared", ours)


def _narrowed(table: Table, filters: Mapping[str, Any]) -> list[Clause]:
    found: list[Clause] = []
    for name, value in filters.items():
        if value is None or value == "":
            # The nameless folder is one, too.
            if name == "folder" and value == "":
                found.append(table.c.folder == "")
            continue
        if name == "q":
            found.append(_search(table, value))
        elif name in ("visibility", "language", "folder", "is_active") and name in table.c:
            if name in _CHOICES and value not in _CHOICES[name]:
                known = ", ".join(_CHOICES[name])
                raise field_error(name, f"must be one of {known}", "filter.invalid")
            found.append(table.c[name] == value)
        else:
            raise field_error(name, "is no filter", "filter.unknown")
    return found


def _search(table: Table, value: Any) -> Clause:
    words = str(value).replace("\x00", "").strip()
    if len(words) > _SEARCH_LIMIT:
        raise field_error("q", f"must have at most {_SEARCH_LIMIT} characters", "filter.invalid")
    columns = [table.c[name] for name in _SEARCHED if name in table.c]
    return or_(*(column.icontains(words, autoescape=True) for column in columns))
