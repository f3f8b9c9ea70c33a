"""Templates as they stand, their versions, and where a field of theirs is used."""

from typing import Any

from sqlalchemy import RowMapping

from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, NotFound, field_error
from services.ticketing.domain.naming import Named
from services.ticketing.domain.templates.conditions import referred
from services.ticketing.domain.templates.content import Content, parse_content
from services.ticketing.domain.templates.requirements import STAGES
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.uses import told_uses
from services.ticketing.storage import template_rows as rows
from services.ticketing.storage.known_things import KnownThings

Json = dict[str, Any]

_LIMIT = 100
_COUNTED = 1_000
_ABOVE_ALL = 2**31 - 1


def list_templates(uow: UnitOfWork, kind: str | None = None, is_active: bool | None = None) -> Json:
    """All in their order; there are few. `is_active` true: what new tickets can have."""
    found = rows.all_templates(uow.session)
    items = [
        show_row(row)
        for row in found
        if kind in (None, row["kind"])
        and (is_active is None or is_active == (row["is_active"] and row["published_version"] > 0))
    ]
    return {"items": items}


def get_template(uow: UnitOfWork, key: str) -> Json:
    """One with what is being written, or what its newest version says; raises NotFound."""
    return show_template(_found(uow, key))


def list_versions(uow: UnitOfWork, key: str, limit: int = 25, cursor: str | None = None) -> Json:
    """Published versions, newest first, without what they say: {items, next_cursor}."""
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    before = int(decode_cursor(cursor, 1, int)[0]) if cursor else _ABOVE_ALL
    _found(uow, key)
    found = rows.versions_before(uow.session, key, before, limit + 1)
    more = encode_cursor([found[limit - 1]["version"]]) if len(found) > limit else None
    return {"items": [_show_version(row) for row in found[:limit]], "next_cursor": more}


def get_version(uow: UnitOfWork, key: str, version: int) -> Json:
    """One version with its fields: never changes."""
    found = rows.versions_before(uow.session, key, version + 1, 1)
    if not found or found[0]["version"] != version:
        raise NotFound("ticket_template.version_unknown", "there is no such version")
    content = _content(found[0]["content"])
    return {**_show_version(found[0]), "key": key, **_definition_of(content)}


def get_field_usage(uow: UnitOfWork, actor: Actor, key: str, field: str) -> Json:
    """What a field is good for, before somebody takes it away."""
    row = _found(uow, key)
    content = _content(row["content"])
    counted = rows.open_tickets_with(uow.session, row["template_id"], field, _COUNTED + 1)
    definition = content.definition if content else None
    others = [one for one in rows.all_templates(uow.session) if one["key"] != key]
    return {
        "open_tickets": {"value": min(counted, _COUNTED), "is_exact": counted <= _COUNTED},
        "conditions": [
            {"field": one.key, "condition": name}
            for one in (definition.fields if definition else ())
            for name, condition in one.conditions().items()
            if field in referred(condition)
        ],
        "stages": [
            stage
            for stage in STAGES
            if definition and field in definition.requirement(stage).fields
        ],
        "templates": [
            {"key": one["key"], "name": _name(one)}
            for one in others
            if field in {raw.get("key") for raw in one["content"].get("fields") or ()}
        ],
        **told_uses(uow.session, actor, Named(fields={field})),
    }


def affected_by(uow: UnitOfWork, actor: Actor, key: str) -> list[Json]:
    """Fields that the newest version takes away: [{field, reason, uses, named}], used or not.

    `reason`: removed, where no template has it any more, or confidential, where it has become so.
    """
    newest = rows.versions_before(uow.session, key, _ABOVE_ALL, 2)
    now, before = newest[0]["content"], newest[1]["content"] if len(newest) > 1 else {}
    known = KnownThings(uow.session)
    reasons = {
        str(raw["key"]): "removed"
        for raw in before.get("fields") or ()
        if known.is_removed_field(str(raw["key"]))
    }
    secret, known_secret = (_secret_fields(one) for one in (now, before))
    reasons |= dict.fromkeys(secret - known_secret, "confidential")
    return [
        {"field": one, "reason": reason, **told_uses(uow.session, actor, Named(fields={one}))}
        for one, reason in reasons.items()
    ]


def show_row(row: RowMapping) -> Json:
    """A template in a list."""
    return {
        "key": row["key"],
        "name": _name(row),
        "kind": row["kind"],
        "description": row["content"].get("description") or "",
        "description_en": row["content"].get("description_en") or "",
        "is_active": row["is_active"],
        "position": row["position"],
        "published_version": row["published_version"],
        "published_at": show_instant(row["published_at"]),
        "has_draft": row["has_draft"],
        "field_count": len(row["content"].get("fields") or ()),
        "updated_at": show_instant(row["updated_at"]),
        "version": row["version"],
    }


def show_template(row: RowMapping) -> Json:
    """A whole one. Its name and kind are those of the draft, where there is one."""
    content = _content(row["content"])
    shown = show_row(row)
    if content is None:
        return {**shown, **_definition_of(None)}
    told = {"name": dict(content.name), "kind": content.kind}
    return {**shown, **told, **_definition_of(content)}


def _show_version(row: RowMapping) -> Json:
    return {
        "version": row["version"],
        "name": _name(row),
        "kind": row["kind"],
        "note": row["note"],
        "field_count": len(row["content"].get("fields") or ()),
        "published_at": show_instant(row["published_at"]),
        "published_by": row["published_by_name"],
    }


def _definition_of(content: Content | None) -> Json:
    nothing: Json = {"statuses": None, "confidential": None, "requesters": None, "categories": []}
    if content is None:
        return {"fields": [], "requirements": {}, **nothing}
    secret, asked = content.confidential, content.requesters
    told = {**nothing, **content.definition.as_json()}
    return told | {
        "confidential": secret and secret.as_json(),
        "requesters": asked and asked.as_json(),
        "categories": [str(one) for one in content.categories],
    }


def _secret_fields(content: Json) -> set[str]:
    return set((content.get("confidential") or {}).get("fields") or ())


def _content(raw: Any) -> Content | None:
    """In full, with what is not said; None for what only an older release could read."""
    try:
        return parse_content(raw)
    except InvalidInput:
        return None


def _name(row: RowMapping) -> Json:
    return {"zh": row["name_zh"], "en": row["name_en"]}


def _found(uow: UnitOfWork, key: str) -> RowMapping:
    row = rows.find_template(uow.session, key)
    if row is None:
        raise NotFound("ticket_template.unknown", "there is no such template")
    return row
