"""Templates with their drafts, and the versions that were published of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

Row = RowMapping
Json = Mapping[str, Any]

# What the newest version says where nothing is being written.
_COLUMNS = (
    "t.template_id, t.key, t.kind, t.name_zh, t.name_en, t.is_active, t.position, "
    "t.published_version, t.version, t.updated_at, t.draft IS NOT NULL AS has_draft, "
    "coalesce(t.draft, v.content) AS content, v.published_at "
    "FROM ticket_templates t LEFT JOIN ticket_template_versions v "
    "ON v.template_id = t.template_id AND v.version = t.published_version"
)
_ALL = text(f"SELECT {_COLUMNS} ORDER BY t.position, t.template_id")
_ONE = text(f"SELECT {_COLUMNS} WHERE t.key = :key")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('ticket_templates'))")
_INSERT = text(
    "INSERT INTO ticket_templates "
    "(template_id, key, kind, name_zh, name_en, position, draft, updated_at) "
    "VALUES (:template_id, :key, :kind, :zh, :en, "
    "(SELECT coalesce(max(position), 0) + 1 FROM ticket_templates), "
    "CAST(:draft AS jsonb), :now)"
)
# Until it is published nobody but its writers knows its name.
_DRAFT = text(
    "UPDATE ticket_templates SET draft = CAST(:draft AS jsonb), version = version + 1, "
    "updated_at = :now, "
    "kind = CASE published_version WHEN 0 THEN :kind ELSE kind END, "
    "name_zh = CASE published_version WHEN 0 THEN :zh ELSE name_zh END, "
    "name_en = CASE published_version WHEN 0 THEN :en ELSE name_en END "
    "WHERE template_id = :template_id"
)
_DROP_DRAFT = text(
    "UPDATE ticket_templates SET draft = NULL, version = version + 1, updated_at = :now "
    "WHERE template_id = :template_id"
)
_PUBLISH = text(
    "INSERT INTO ticket_template_versions (template_version_id, template_id, version, key, kind, "
    "name_zh, name_en, content, note, published_at, published_by, published_by_name) "
    "SELECT :version_id, template_id, published_version + 1, key, :kind, :zh, :en, "
    "CAST(:content AS jsonb), :note, :now, :by, :by_name "
    "FROM ticket_templates WHERE template_id = :template_id"
)
_PUBLISHED = text(
    "UPDATE ticket_templates SET draft = NULL, version = version + 1, updated_at = :now, "
    "published_version = published_version + 1, kind = :kind, name_zh = :zh, name_en = :en "
    "WHERE template_id = :template_id"
)
_ACTIVITY = text(
    "UPDATE ticket_templates SET is_active = :is_active, version = version + 1, "
    "updated_at = :now WHERE template_id = :template_id"
)
_DELETE = text("DELETE FROM ticket_templates WHERE template_id = :id AND published_version = 0")
_ORDER = text(
    "UPDATE ticket_templates SET position = given.position, version = version + 1 "
    "FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS given (key, position) "
    "WHERE ticket_templates.key = given.key AND ticket_templates.position <> given.position"
)
_VERSIONS = text(
    "SELECT v.version, v.kind, v.name_zh, v.name_en, v.content, v.note, v.published_at, "
    "v.published_by, v.published_by_name "
    "FROM ticket_template_versions v JOIN ticket_templates t USING (template_id) "
    "WHERE t.key = :key AND v.version < :before ORDER BY v.version DESC LIMIT :limit"
)
_OPEN_WITH_VALUE = text(
    "SELECT count(*) FROM (SELECT 1 FROM tickets WHERE template_version_id IN "
    "(SELECT template_version_id FROM ticket_template_versions WHERE template_id = :id) "
    "AND status_category IN ('new', 'open', 'pending', 'on_hold') "
    "AND fields ->> :field <> '' LIMIT :limit) AS counted"
)


def lock_templates(session: Session) -> None:
    """Whoever writes templates waits for whoever does so already: keys and places are shared."""
    session.execute(_LOCK)


def all_templates(session: Session) -> Sequence[Row]:
    """In their order."""
    return session.execute(_ALL).mappings().all()


def find_template(session: Session, key: str) -> Row | None:
    return session.execute(_ONE, {"key": key}).mappings().one_or_none()


def insert_template(
    session: Session, template_id: UUID, key: str, content: Json, now: datetime
) -> None:
    """A new one behind the others, as a draft."""
    row = {**_named(content), "key": key, "draft": _packed(content), "now": now}
    session.execute(_INSERT, {**row, "template_id": template_id})


def save_draft(session: Session, template_id: UUID, content: Json, now: datetime) -> None:
    """What is being written."""
    row = {**_named(content), "template_id": template_id, "draft": _packed(content), "now": now}
    session.execute(_DRAFT, row)


def drop_draft(session: Session, template_id: UUID, now: datetime) -> None:
    """Back to what the newest version says."""
    session.execute(_DROP_DRAFT, {"template_id": template_id, "now": now})


def insert_version(
    session: Session,
    template_id: UUID,
    content: Json,
    *,
    version_id: UUID,
    note: str | None,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> None:
    """The next version, and the template as that says."""
    row = {**_named(content), "template_id": template_id, "now": now}
    said = {"content": _packed(content), "note": note, "by": by, "by_name": by_name}
    session.execute(_PUBLISH, {**row, **said, "version_id": version_id})
    session.execute(_PUBLISHED, row)


def set_activity(session: Session, template_id: UUID, is_active: bool, now: datetime) -> None:
    """Whether new tickets can have it."""
    row = {"template_id": template_id, "is_active": is_active, "now": now}
    session.execute(_ACTIVITY, row)


def delete_template(session: Session, template_id: UUID) -> None:
    """One that was never published."""
    session.execute(_DELETE, {"id": template_id})


def order_templates(session: Session, keys: Sequence[str]) -> None:
    """Positions in the order of the keys, which are all that there are."""
    session.execute(_ORDER, {"keys": list(keys)})


def versions_before(session: Session, key: str, before: int, limit: int) -> Sequence[Row]:
    """Versions of a template, newest first, below a number."""
    given = {"key": key, "before": before, "limit": limit}
    return session.execute(_VERSIONS, given).mappings().all()


def open_tickets_with(session: Session, template_id: UUID, field: str, limit: int) -> int:
    """How many open tickets of any version have something in a field, counted to `limit`."""
    given = {"id": template_id, "field": field, "limit": limit}
    return int(session.execute(_OPEN_WITH_VALUE, given).scalar_one())


def _named(content: Json) -> dict[str, Any]:
    return {"kind": content["kind"], **content["name"]}


def _packed(content: Json) -> str:
    return orjson.dumps(content).decode()
