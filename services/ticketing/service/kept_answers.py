"""What commands about canned replies and macros answer: the shape of REST, and `audit`."""

from typing import Any

from sqlalchemy import RowMapping

from libs.common.bus.call import Call
from services.ticketing.queries.kept_lists import present_kept
from services.ticketing.storage.kept_rows import Kind, key_of

Json = dict[str, Any]

_LOGGED = ("name", "folder", "shortcut", "language", "actions", "is_active", "visibility")


def kept_shown(call: Call, kind: Kind, row: RowMapping) -> Json:
    """One, as REST shows it."""
    [shown] = present_kept(call.uow.session, kind, call.actor, [row])
    return shown


def kept_made(call: Call, kind: Kind, row: RowMapping) -> Json:
    """Something new."""
    return kept_shown(call, kind, row) | {"audit": _audit(kind, row, {}, _logged(row))}


def kept_changed(call: Call, kind: Kind, before: RowMapping, after: RowMapping) -> Json:
    """What differs is logged."""
    old, new = _logged(before), _logged(after)
    names = [name for name in new if old[name] != new[name]]
    audit = _audit(kind, after, {name: old[name] for name in names}, {n: new[n] for n in names})
    return kept_shown(call, kind, after) | {"audit": audit}


def kept_removed(kind: Kind, row: RowMapping) -> Json:
    """What is no more."""
    return {"audit": _audit(kind, row, _logged(row), {})}


def _audit(kind: Kind, row: RowMapping, before: Json, after: Json) -> Json:
    return {"object": str(row[key_of(kind.table).name]), "before": before, "after": after}


def _logged(row: RowMapping) -> Json:
    """The texts themselves are long, and stand in the row."""
    told = {name: row[name] for name in _LOGGED if name in row}
    group_id = row["group_id"]
    length = {"characters": len(row["body"])} if "body" in row else {}
    return {**told, "group_id": str(group_id) if group_id else None, **length}
