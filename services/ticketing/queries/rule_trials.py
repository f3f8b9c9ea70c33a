"""Tries conditions out: which tickets would match now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.rule_fields import read_condition, read_delay
from services.ticketing.domain.rules import ANCHORS, AUTOMATION
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.queries.views import count_fitting, counted
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.searching import anchored, at_most, fitting

_SHOWN = 20
_LONGEST = 3_000  # milliseconds


def try_rule(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    kind: str,
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """{count, items} of what the actor may see; `count.value` is null where it takes too long.

    Of an automation, what it would handle in the next round if it had handled nothing yet.
    """
    wrong = Gathering()
    known = KnownThings(uow.session)
    condition = wrong.read("condition", read_condition, values.get("condition"), known)
    anchor = delay = None
    if kind == AUTOMATION:
        anchor = wrong.read("anchor", checks.one_of, "anchor", values.get("anchor"), ANCHORS)
        delay = wrong.read("delay_minutes", read_delay, values.get("delay_minutes"))
    wrong.demand()
    clause = fitting(condition, now, zone)
    if anchor is not None and delay is not None:
        clause = anchored(anchor, timedelta(minutes=delay), now) & clause
    count = count_fitting(uow, actor, clause, _LONGEST)
    items: list[dict[str, Any]] = []
    with at_most(uow.session, _LONGEST):
        items = list_tickets(uow, actor, {}, "-updated_at", _SHOWN, beside=[clause])["items"]
    return {"count": counted(count), "items": items}
