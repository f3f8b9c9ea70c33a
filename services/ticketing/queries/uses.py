"""Who names a category, a status, a tag or a field: what would go wrong or rest without it.

Policies of service levels and dispatch are other services' own: the gateway asks them after what
`named` says, and puts their answers beside ours.
"""

from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from services.ticketing.domain.naming import Named

Json = dict[str, Any]

MOST = 200

# What may name one of them by what is written; whether it does is for `Named` to say. A name in
# JSON stands there with its quotation marks and strokes escaped, so it is looked for that way.
_MAYBE = text(
    "SELECT * FROM ("
    "SELECT kind, rule_id AS id, name, is_active, NULL::uuid AS owner_id, condition, actions, "
    "NULL AS body, NULL::jsonb AS offered FROM rules "
    "UNION ALL SELECT 'macro', macro_id, name, is_active, "
    "CASE visibility WHEN 'private' THEN owner_id END, NULL, actions, NULL, NULL FROM macros "
    "UNION ALL SELECT 'canned_reply', reply_id, name, true, "
    "CASE visibility WHEN 'private' THEN owner_id END, NULL, NULL, body, NULL "
    "FROM canned_replies "
    "UNION ALL SELECT 'view', view_id, name, true, "
    "CASE visibility WHEN 'private' THEN owner_id END, condition, NULL, NULL, NULL FROM views "
    "UNION ALL SELECT 'quality_rule', rule_id, name, is_active, NULL, condition, NULL, NULL, "
    "NULL FROM quality_rules "
    "UNION ALL SELECT 'category', category_id, name_zh, is_active, NULL, NULL, "
    "jsonb_build_array(defaults), NULL, NULL FROM ticket_categories "
    "UNION ALL SELECT 'template', t.template_id, t.name_zh, t.is_active, NULL, NULL, NULL, NULL, "
    "coalesce(v.content -> 'categories', '[]') || coalesce(t.draft -> 'categories', '[]') "
    "FROM ticket_templates t LEFT JOIN ticket_template_versions v "
    "ON v.template_id = t.template_id AND v.version = t.published_version) AS named "
    "WHERE EXISTS (SELECT 1 FROM unnest(CAST(:words AS text[])) AS word "
    "WHERE strpos(concat(condition, actions, body, offered), "
    "btrim(to_json(word)::text, '\"')) > 0) ORDER BY array_position("
    "ARRAY['trigger', 'automation', 'quality_rule', 'macro', 'canned_reply', 'category', "
    "'template', 'view'], kind), name, id"
)


def told_uses(session: Session, actor: Actor, named: Named) -> Json:
    """{uses, named}: what names it here, and after what others are to be asked."""
    return {"uses": uses_of(session, actor, named), "named": named.as_json()}


def uses_of(session: Session, actor: Actor, named: Named) -> list[Json]:
    """[{kind, id, name, is_active}], 200 at most; what others keep for themselves has no name."""
    words = [*named.categories, *named.statuses, *named.tags, *named.fields]
    if not words:
        return []
    rows = session.execute(_MAYBE, {"words": words})
    return [_show(row, actor) for row in rows if _names(row, named)][:MOST]


def _names(row: Row[Any], named: Named) -> bool:
    return (
        named.in_condition(row.condition)
        or named.in_actions(row.actions)
        or named.in_text(row.body)
        or named.is_offered(row.offered)
    )


def _show(row: Row[Any], actor: Actor) -> Json:
    is_hidden = row.owner_id is not None and row.owner_id != actor.subject
    return {
        "kind": row.kind,
        "id": str(row.id),
        "name": None if is_hidden else row.name,
        "is_active": row.is_active,
    }
