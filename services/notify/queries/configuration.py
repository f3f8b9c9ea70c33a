"""Rules, texts, occasions and wishes as they are shown."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.errors import NotFound
from services.notify.clients.shipped_texts import shipped
from services.notify.domain.happenings import CUSTOMER, Audience
from services.notify.domain.occasions import COMMON, GROUPS, OCCASIONS, Label, Occasion
from services.notify.domain.rules import CHANNELS
from services.notify.domain.texts import LANGUAGES, TEMPLATE_OF, default_key
from services.notify.storage import configuration as stored
from services.notify.use_cases.edit_preferences import groups_of, whose

Json = dict[str, Any]

_RULE = (
    *("position", "name", "occasion", "audience", "recipients", "channels", "all_channels"),
    *("condition", "template_key", "is_urgent", "is_active", "is_shipped", "version"),
)
_TEXT = (
    *("key", "occasion", "channel", "language", "subject", "body", "html", "provider_code"),
    *("provider_params", "version"),
)
_DAYS = [1, 2, 3, 4, 5, 6, 7]


def list_rules(session: Session) -> Json:
    """All, in their order."""
    rows = stored.list_rows(session, "rules", "position, rule_id")
    return {"items": [show_rule(row) for row in rows]}


def get_rule(session: Session, rule_id: Any) -> Json:
    """Raises NotFound."""
    for rule in list_rules(session)["items"]:
        if rule["rule_id"] == str(rule_id):
            found: Json = rule
            return found
    raise NotFound("rule.unknown", "there is no such rule")


def list_templates(session: Session, occasion: str | None = None) -> Json:
    """Texts of one's own; where there is none the shipped one holds."""
    rows = stored.list_rows(session, "templates", "occasion, key, channel, language")
    shown = [show_template(row) for row in rows if occasion in (None, row.occasion)]
    return {"items": shown}


def get_template(session: Session, template_id: Any) -> Json:
    """Raises NotFound."""
    for template in list_templates(session)["items"]:
        if template["template_id"] == str(template_id):
            found: Json = template
            return found
    raise NotFound("template.unknown", "there is no such text")


def list_occasions() -> Json:
    """What an editor of rules and texts needs to know; changes with a release only."""
    return {
        "groups": [{"key": key, "label": _label(label)} for key, label in GROUPS.items()],
        "items": [_occasion(one) for one in OCCASIONS.values()],
    }


def get_preferences(session: Session, actor: Actor) -> Json:
    """The actor's own wishes; version 0 for who has none yet."""
    kind, subject_id, audience = whose(actor)
    row = stored.find_preference(session, kind, subject_id)
    return show_preferences(row, audience)


def show_rule(row: Row[Any]) -> Json:
    return {
        "rule_id": str(row.rule_id),
        **{name: getattr(row, name) for name in _RULE},
        "endpoint_ids": [str(one) for one in row.endpoint_ids],
    }


def show_template(row: Row[Any]) -> Json:
    shown = {name: getattr(row, name) for name in _TEXT}
    return {"template_id": str(row.template_id), **shown, "updated_at": row.updated_at.isoformat()}


def show_preferences(row: Row[Any] | None, audience: Audience) -> Json:
    """With the groups of occasions and the channels that there are to choose from."""
    return {
        "channels": row.channels if row else {},
        "language": row.language if row else None,
        "zone": row.zone if row else None,
        "quiet_from": _time(row.quiet_from) if row else None,
        "quiet_until": _time(row.quiet_until) if row else None,
        "quiet_days": list(row.quiet_days) if row else _DAYS,
        "wecom_userid": row.wecom_userid if row else None,
        "dingtalk_userid": row.dingtalk_userid if row else None,
        "groups": [{"key": key, "label": _label(GROUPS[key])} for key in groups_of(audience)],
        "offered": list(CHANNELS[audience]),
        "version": row.version if row else 0,
    }


def _time(at: Any) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _occasion(occasion: Occasion) -> Json:
    variables = {**COMMON, **occasion.variables}
    return {
        "key": occasion.key,
        "label": _label(occasion.label),
        "group": occasion.group,
        "audiences": list(occasion.audiences),
        "channels": {whom: list(CHANNELS[whom]) for whom in occasion.audiences},
        "template_keys": {whom: default_key(occasion, whom) for whom in occasion.audiences},
        "variables": [{"name": name, "label": _label(label)} for name, label in variables.items()],
        "texts": list(_texts(occasion)),
    }


def _texts(occasion: Occasion) -> Iterator[Json]:
    """The shipped ones, as they can be taken for a beginning."""
    for audience in occasion.audiences:
        kinds = ("mail", "sms") if audience == CUSTOMER else tuple(sorted({*TEMPLATE_OF.values()}))
        for kind in kinds:
            for language in LANGUAGES:
                if source := shipped(occasion.key, audience, kind, language):
                    yield {
                        "audience": audience,
                        "channel": kind,
                        "language": language,
                        "subject": source.subject,
                        "body": source.body,
                    }


def _label(label: Label) -> Json:
    return dict(zip(LANGUAGES, label, strict=True))
