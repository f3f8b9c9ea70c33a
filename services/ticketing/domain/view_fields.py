"""Reads what people write as a saved view; refuses what cannot be listed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.common.conditions import Known
from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.rule_fields import read_condition

PRIVATE, GROUP, SHARED = "private", "group", "shared"
VISIBILITIES = (PRIVATE, GROUP, SHARED)

SORTS = tuple(
    f"{sign}{name}"
    for name in ("updated_at", "created_at", "urgency", "number", "due")
    for sign in ("", "-")
)
COLUMNS = (
    "number",
    "subject",
    "status",
    "urgency",
    "kind",
    "category",
    "channel",
    "customer",
    "assignee",
    "group",
    "created_at",
    "updated_at",
    "last_customer_message_at",
    "next_due_at",
    "score",
)
USUAL_COLUMNS = ("number", "subject", "status", "urgency", "customer", "assignee", "updated_at")
USUAL_SORT = "-updated_at"
_NAME_LIMIT = 60
_MEMBERS = ("name", "name_en", "visibility", "group_id", "condition", "sort", "columns")


def read_view(values: Mapping[str, Any], known: Known | None) -> dict[str, Any]:
    """A whole view as it is kept; raises InvalidInput naming all that is wrong."""
    wrong = Gathering()
    for name in values:
        if name not in _MEMBERS:
            wrong.add(name, "is not known here", "field.unknown")
    visibility = values.get("visibility") or PRIVATE
    read = {
        "name": wrong.read("name", checks.required_text, "name", values.get("name"), _NAME_LIMIT),
        "name_en": wrong.read(
            "name_en", checks.optional_text, "name_en", values.get("name_en"), _NAME_LIMIT
        ),
        "visibility": wrong.read(
            "visibility", checks.one_of, "visibility", visibility, VISIBILITIES
        ),
        "group_id": wrong.read("group_id", _group, values.get("group_id"), visibility, known),
        "condition": wrong.read("condition", read_condition, values.get("condition"), known),
        "sort": wrong.read("sort", checks.one_of, "sort", values.get("sort") or USUAL_SORT, SORTS),
        "columns": wrong.read("columns", _columns, values.get("columns") or USUAL_COLUMNS),
    }
    wrong.demand()
    return {**read, "condition": read["condition"].as_json()}


def _group(value: object, visibility: object, known: Known | None) -> UUID | None:
    """For a group's views only, and there it must be a group in use."""
    if visibility != GROUP:
        if value is not None:
            raise field_error("group_id", "is for views of a group only")
        return None
    if value is None:
        raise field_error("group_id", "is required", "field.required")
    try:
        group_id = value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        raise field_error("group_id", "must be a UUID") from None
    if known is not None and not known.has("groups", str(group_id)):
        raise field_error("group_id", "is no group in use", "group.unknown")
    return group_id


def _columns(value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise field_error("columns", "must be a list")
    wrong = Gathering()
    for place, one in enumerate(value):
        where = f"columns[{place}]"
        wrong.read(where, checks.one_of, where, one, COLUMNS)
    wrong.demand()
    return list(dict.fromkeys(value))
