"""The rules who is told what: made, changed, put in order."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.actions import parse_recipients
from libs.common.conditions import parse_condition
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.known_things import KnownThings
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.notify.domain.happenings import STAFF
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.reading import Fields, Refusals
from services.notify.domain.rules import CHANNELS
from services.notify.domain.texts import default_key
from services.notify.storage import configuration as stored
from services.notify.storage.endpoints import find_endpoints
from services.notify.storage.rule_book import move_revision
from services.notify.use_cases.versions import check_version

MOST = 200
_MOST_ROBOTS = 20
_LONGEST_NAME = 100
_FIELDS = (
    *("name", "occasion", "audience", "recipients", "channels", "all_channels", "condition"),
    *("template_key", "endpoint_ids", "is_urgent", "is_active"),
)
_TABLE, _KEY = "rules", "rule_id"


def create_rule(uow: UnitOfWork, values: Mapping[str, Any]) -> Row[Any]:
    """A rule behind all others; raises InvalidInput naming what is wrong."""
    move_revision(uow.session)
    if stored.count_rows(uow.session, _TABLE) >= MOST:
        raise Conflict("rule.too_many", f"there are at most {MOST} rules")
    read = read_rule(uow.session, values)
    place = {"rule_id": uuid7(), "position": stored.last_position(uow.session) + 1}
    return stored.add_row(uow.session, _TABLE, place | read)


def replace_rule(
    uow: UnitOfWork, rule_id: UUID, version: int | None, values: Mapping[str, Any]
) -> tuple[Row[Any], Row[Any]]:
    """Another rule in the same place: before and after."""
    before = _take(uow, rule_id, version)
    read = read_rule(uow.session, values)
    return before, stored.change_row(uow.session, _TABLE, _KEY, rule_id, read)


def remove_rule(uow: UnitOfWork, rule_id: UUID, version: int | None) -> Row[Any]:
    """It has nobody told of anything any more."""
    before = _take(uow, rule_id, version)
    stored.remove_row(uow.session, _TABLE, _KEY, rule_id)
    return before


def order_rules(uow: UnitOfWork, rule_ids: Sequence[UUID]) -> list[UUID]:
    """Put them in this order, which must name each once; returns the order before."""
    move_revision(uow.session)
    before = [row.rule_id for row in stored.list_rows(uow.session, _TABLE, "position, rule_id")]
    if sorted(before) != sorted(rule_ids):
        refusals = Refusals()
        refusals.add("rule_ids", "must name every rule once")
        refusals.demand("rule.order_incomplete")
    stored.place_rules(uow.session, rule_ids)
    return before


def read_rule(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a rule; raises InvalidInput whose errors are keyed by paths."""
    given = Fields(values, _FIELDS)
    known = KnownThings(session)
    occasion = given.word("occasion", OCCASIONS)
    about = OCCASIONS.get(occasion)
    audience = given.word("audience", about.audiences if about else CHANNELS)
    recipients = given.refusals.gather(
        lambda: parse_recipients(given.raw("recipients", []), known=known)
    )
    condition = given.refusals.gather(
        lambda: parse_condition(given.raw("condition", {}), known=known)
    )
    columns = {
        "name": given.line("name", _LONGEST_NAME),
        "occasion": occasion,
        "audience": audience,
        "recipients": [one.as_json() for one in recipients or ()],
        "channels": given.words("channels", CHANNELS.get(audience, ())),  # type: ignore[call-overload]
        "all_channels": given.flag("all_channels", False),
        "condition": condition.as_json() if condition else {},
        "template_key": given.text("template_key"),
        "endpoint_ids": given.ids("endpoint_ids", _MOST_ROBOTS),
        "is_urgent": given.flag("is_urgent", False),
        "is_active": given.flag("is_active", True),
    }
    _check_together(session, given, columns)
    given.refusals.demand()
    return columns


def _check_together(session: Session, given: Fields, columns: Mapping[str, Any]) -> None:
    is_for_staff, robots = columns["audience"] == STAFF, columns["endpoint_ids"]
    if not is_for_staff and columns["recipients"]:
        given.refusals.add("recipients", "a customer's rule has none")
    if robots and not is_for_staff:
        given.refusals.add("endpoint_ids", "robots are for staff")
    if columns["is_active"] and not columns["channels"] and not robots:
        given.refusals.add("channels", "an active rule needs a channel or a robot")
    for place, _ in enumerate(robots):
        if robots[place] not in find_endpoints(session, robots):
            given.refusals.add(f"endpoint_ids[{place}]", "is not known")
    _check_key(session, given, columns)


def _check_key(session: Session, given: Fields, columns: Mapping[str, Any]) -> None:
    """The key of the texts must be of this occasion: their variables are."""
    key, occasion = columns["template_key"], OCCASIONS.get(columns["occasion"])
    if key is None or occasion is None or key == default_key(occasion, columns["audience"]):
        return
    if stored.occasion_of_key(session, key) != occasion.key:
        given.refusals.add("template_key", "there is no text of that key for this occasion")


def _take(uow: UnitOfWork, rule_id: UUID, version: int | None) -> Row[Any]:
    move_revision(uow.session)
    row = stored.find_row(uow.session, _TABLE, _KEY, rule_id)
    if row is None:
        raise NotFound("rule.unknown", "there is no such rule")
    check_version(row.version, version)
    return row
