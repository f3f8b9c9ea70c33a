"""Known tags, and renamings that still go through the tickets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, text
from sqlalchemy.orm import Session

from libs.common.actor import Actor

_LIST = text(
    "SELECT k.*, EXISTS (SELECT 1 FROM tag_renamings r WHERE r.new_name = k.name) AS is_merging "
    "FROM known_tags k WHERE (:is_active IS NULL OR is_active = :is_active) "
    "AND starts_with(lower(name), lower(:q)) ORDER BY name LIMIT :most"
)
_KNOWN = text("SELECT name FROM known_tags WHERE is_active AND name = ANY(:names)")
_BY_NAME = text("SELECT * FROM known_tags WHERE name = :name")
_RENAME = text(
    "INSERT INTO tag_renamings (old_name, new_name, person_id, person_name) "
    "VALUES (:old, :new, :person_id, :person_name)"
)
# What is on its way to the old name goes on to the new one.
_REDIRECT = text("UPDATE tag_renamings SET new_name = :new WHERE new_name = :old")
_NEXT = text(
    "SELECT renaming_id, old_name, new_name, person_id, person_name FROM tag_renamings "
    "ORDER BY renaming_id LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_HAVING = text(
    "SELECT ticket_id FROM tickets WHERE tags @> ARRAY[:old] AND cardinality(tags) > 0 "
    "ORDER BY ticket_id LIMIT :n"
)
_FINISH = text("DELETE FROM tag_renamings WHERE renaming_id = :id")


def list_tags(session: Session, q: str, is_active: bool | None, most: int) -> Sequence[Row[Any]]:
    """Those that begin so, by name."""
    wanted = {"q": q, "is_active": is_active, "most": most}
    return session.execute(_LIST, wanted).all()


def unknown_tags(session: Session, names: Sequence[str]) -> list[str]:
    """Those that are not known, or put away."""
    known = set(session.scalars(_KNOWN, {"names": list(names)}))
    return [name for name in names if name not in known]


def find_by_name(session: Session, name: str) -> Row[Any] | None:
    """The tag of this name."""
    return session.execute(_BY_NAME, {"name": name}).one_or_none()


def order_renaming(session: Session, old: str, new: str, actor: Actor) -> None:
    """Have every ticket that has the one tag have the other."""
    session.execute(_REDIRECT, {"old": old, "new": new})
    by = {"person_id": actor.subject, "person_name": actor.name}
    session.execute(_RENAME, {"old": old, "new": new, **by})


def next_renaming(session: Session) -> RowMapping | None:
    """The oldest that nobody works on, locked."""
    return session.execute(_NEXT).mappings().one_or_none()


def tickets_having(session: Session, tag: str, n: int) -> list[UUID]:
    """Some of the tickets that still have it."""
    return list(session.scalars(_HAVING, {"old": tag, "n": n}))


def finish_renaming(session: Session, renaming_id: int) -> None:
    """No ticket has the old name any more."""
    session.execute(_FINISH, {"id": renaming_id})
