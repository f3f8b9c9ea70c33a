"""What a canned reply and a macro consist of; refuses what could never be used, naming it."""

from collections.abc import Mapping
from typing import Any

from libs.common.actions import parse_steps
from libs.common.conditions.values import Known
from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.by_hand import check_texts
from services.ticketing.domain.sharing import check_sharing
from services.ticketing.domain.variables import check_variables

LANGUAGES = ("zh", "en")
_NAME, _FOLDER, _SHORTCUT, _DESCRIPTION = 100, 60, 32, 500
BODY_LIMIT = 20_000

Json = Mapping[str, Any]


def parse_canned_reply(values: Json) -> dict[str, Any]:
    """As it is stored; raises InvalidInput."""
    body = checks.required_text("body", values.get("body"), BODY_LIMIT)
    check_variables("body", body)
    return {
        "name": checks.required_text("name", values.get("name"), _NAME),
        "body": body,
        "folder": checks.optional_text("folder", values.get("folder"), _FOLDER) or "",
        "shortcut": _shortcut(values.get("shortcut")),
        "language": language_of(values),
        **check_sharing(values),
    }


def parse_macro(values: Json, known: Known) -> dict[str, Any]:
    """As it is stored; raises InvalidInput whose errors are keyed by paths."""
    name = checks.required_text("name", values.get("name"), _NAME)
    steps = parse_steps(values.get("actions"), known=known)
    check_texts(steps)
    is_active = values.get("is_active", True)
    if not isinstance(is_active, bool):
        raise field_error("is_active", "must be true or false")
    return {
        "name": name,
        "description": checks.optional_text("description", values.get("description"), _DESCRIPTION),
        "actions": [step.as_json() for step in steps],
        "language": language_of(values),
        "is_active": is_active,
        **check_sharing(values),
    }


def language_of(values: Json) -> str:
    """In which language dates and truth values are filled in."""
    return checks.one_of("language", values.get("language", "zh"), LANGUAGES)


def _shortcut(value: object) -> str | None:
    """What is typed after a slash; a slash before it is not a part of it."""
    text = checks.optional_text("shortcut", value, _SHORTCUT + 1)
    text = text and text.removeprefix("/").lower()
    if not text:
        return None
    if any(sign.isspace() or sign == "/" for sign in text):
        raise field_error("shortcut", "must have no blanks and no slashes")
    return text
