"""Changes what is looked out for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from libs.common.actions import parse_actions, parse_recipients
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, field_error
from services.sla.storage.settings_row import lock_settings, write_settings
from services.sla.use_cases.known import KnownThings
from services.sla.use_cases.versions import check_version

_PART = "repeated_complaint"
_FIELDS = ("is_active", "count", "days", "recipients", "actions")
_BOUNDS = {"count": (2, 100), "days": (1, 365)}


def edit_settings(
    uow: UnitOfWork, version: int | None, changes: Mapping[str, Any]
) -> tuple[RowMapping, RowMapping]:
    """A part is replaced as a whole; returns all before and after."""
    before = lock_settings(uow.session)
    check_version(before["version"], version)
    unknown = {name: ["is no setting"] for name in changes if name != _PART}
    if unknown:
        raise InvalidInput("field.unknown", "unknown settings", {"errors": unknown})
    if _PART not in changes:
        return before, before
    return before, write_settings(uow.session, _checked(uow, changes[_PART]))


def _checked(uow: UnitOfWork, raw: object) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise field_error(_PART, "must be an object")
    wrong = {f"{_PART}.{name}": ["is not a part of it"] for name in raw if name not in _FIELDS}
    wrong |= {f"{_PART}.{name}": ["is required"] for name in _FIELDS if name not in raw}
    if not isinstance(raw.get("is_active"), bool):
        wrong.setdefault(f"{_PART}.is_active", ["must be true or false"])
    for name, (least, most) in _BOUNDS.items():
        value = raw.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            wrong.setdefault(f"{_PART}.{name}", [f"must be a whole number, {least} to {most}"])
    if wrong:
        path, messages = next(iter(wrong.items()))
        raise InvalidInput("field.invalid", f"{path}: {messages[0]}", {"errors": wrong})
    known = KnownThings(uow.session)
    recipients = parse_recipients(raw["recipients"], where=f"{_PART}.recipients", known=known)
    actions = parse_actions(raw["actions"], where=f"{_PART}.actions", known=known)
    return {
        **{name: raw[name] for name in ("is_active", "count", "days")},
        "recipients": [one.as_json() for one in recipients],
        "actions": [one.as_json() for one in actions],
    }
