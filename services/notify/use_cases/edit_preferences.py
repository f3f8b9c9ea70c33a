"""What people and customers wish: each their own."""

from collections.abc import Mapping
from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden
from services.notify.domain.happenings import CUSTOMER, STAFF, Audience
from services.notify.domain.occasions import GROUPS, OCCASIONS
from services.notify.domain.preferences import EVERY_DAY
from services.notify.domain.reading import Fields
from services.notify.domain.rules import CHANNELS, IN_APP
from services.notify.domain.texts import LANGUAGES
from services.notify.storage import configuration as stored
from services.notify.use_cases.versions import check_version

_EVERY = "*"
_FIELDS = (
    *("channels", "language", "zone", "quiet_from", "quiet_until", "quiet_days"),
    *("wecom_userid", "dingtalk_userid"),
)
_LONGEST_ID = 64


def whose(actor: Actor) -> tuple[str, UUID, Audience]:
    """Kind and id of who asks; raises Forbidden for those who are told nothing."""
    if actor.subject is None:
        raise Forbidden("actor.not_a_person", "only people have preferences")
    if actor.kind == "customer":
        return "customer", actor.subject, CUSTOMER
    return "person", actor.subject, STAFF


def replace_preferences(
    uow: UnitOfWork, actor: Actor, version: int | None, values: Mapping[str, Any]
) -> tuple[Row[Any] | None, Row[Any]]:
    """All wishes anew: before, if there were any, and after."""
    kind, subject_id, audience = whose(actor)
    before = stored.find_preference(uow.session, kind, subject_id)
    check_version(before.version if before else 0, version)
    read = read_preferences(values, audience)
    return before, stored.keep_preference(uow.session, kind, subject_id, read)


def read_preferences(values: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    """The columns; raises InvalidInput whose errors are keyed by paths."""
    given = Fields(values, _FIELDS)
    columns: dict[str, Any] = {
        "channels": _channels(given, audience),
        "language": given.raw("language") and given.word("language", LANGUAGES),
        "zone": _zone(given),
        "quiet_from": _time(given, "quiet_from"),
        "quiet_until": _time(given, "quiet_until"),
        "quiet_days": _days(given),
    }
    for name in ("wecom_userid", "dingtalk_userid"):
        columns[name] = _account(given, name, audience)
    if (columns["quiet_from"] is None) != (columns["quiet_until"] is None):
        given.refusals.add("quiet_until", "quiet hours have a beginning and an end")
    begins, days = columns["quiet_from"], columns["quiet_days"]
    if begins is not None and begins == columns["quiet_until"] and len(days) == len(EVERY_DAY):
        given.refusals.add("quiet_until", "some hour of the week must not be quiet")
    if columns["quiet_from"] is not None and columns["zone"] is None:
        given.refusals.add("zone", "quiet hours need a time zone")
    given.refusals.demand()
    return columns


def _channels(given: Fields, audience: Audience) -> dict[str, Any]:
    raw = given.raw("channels", {})
    if not isinstance(raw, Mapping):
        given.refusals.add("channels", "must be an object")
        return {}
    known = groups_of(audience)
    found: dict[str, Any] = {}
    for group, wish in raw.items():
        path = f"channels.{group}"
        if group != _EVERY and group not in known:
            given.refusals.add(path, f"must be one of {', '.join(known)}")
        elif not isinstance(wish, Mapping) or set(wish) - {"order", "off"}:
            given.refusals.add(path, "must be an object of order and off")
        else:
            found[group] = _wish(given, path, wish, audience)
    return found


def _wish(given: Fields, path: str, wish: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    # Notices in the console disturb nobody, and without them nobody would hear of anything.
    can_be_off = [one for one in CHANNELS[audience] if one != IN_APP]
    part = Fields(wish, ("order", "off"))
    read = {"order": part.words("order", CHANNELS[audience]), "off": part.words("off", can_be_off)}
    for name, messages in part.refusals.errors.items():
        for message in messages:
            given.refusals.add(f"{path}.{name}", message)
    return read


def groups_of(audience: Audience) -> list[str]:
    """The groups of occasions that such readers are told of."""
    told = {one.group for one in OCCASIONS.values() if audience in one.audiences}
    return [group for group in GROUPS if group in told]


def _zone(given: Fields) -> str | None:
    name = given.text("zone")
    if name is None:
        return None
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        given.refusals.add("zone", "is not a time zone")
        return None


def _time(given: Fields, name: str) -> time | None:
    text = given.text(name)
    if text is None:
        return None
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        given.refusals.add(name, "must be a time of day such as 22:00")
        return None
    return found.replace(second=0, microsecond=0)


def _days(given: Fields) -> list[int]:
    days = given.raw("quiet_days", list(EVERY_DAY))
    fits = isinstance(days, list) and all(type(one) is int and 1 <= one <= 7 for one in days)
    if not fits or not days:
        given.refusals.add("quiet_days", "must be a list of 1 (Monday) to 7")
        return []
    return sorted(set(days))


def _account(given: Fields, name: str, audience: Audience) -> str | None:
    value = given.text(name)
    if value is not None and (audience != STAFF or len(value) > _LONGEST_ID):
        given.refusals.add(name, f"is for staff, and has at most {_LONGEST_ID} characters")
    return value
