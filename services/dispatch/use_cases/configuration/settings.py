"""What holds for everybody: capacity, weights of tickets, heartbeats, quotas."""

import re
from collections.abc import Mapping
from typing import Any

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from services.dispatch.domain.settings import URGENCY_RANKS
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.rule_book import load_settings
from services.dispatch.storage.wakes import wake_everybody
from services.dispatch.storage.weights import weigh_again
from services.dispatch.use_cases.configuration.change import Change, changed
from services.dispatch.use_cases.configuration.fields import (
    Field,
    Refusals,
    choice,
    flag,
    mapping,
    read_fields,
    whole,
)
from services.dispatch.use_cases.configuration.versions import demand_version

_URGENCIES = tuple(URGENCY_RANKS)
_CHANNEL = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)
_POINTS = whole(0, 100)


def edit_settings(uow: UnitOfWork, *, version: int | None, changes: Mapping[str, Any]) -> Change:
    """Change some of it. New weights hold for what people have already."""
    read = read_fields(changes, _FIELDS)
    stored.take_turn(uow.session)
    before = stored.get_settings(uow.session)
    demand_version(version, before.version)
    after = stored.change_settings(uow.session, read)
    if (before.weights, before.pending_counts) != (after.weights, after.pending_counts):
        weigh_again(uow.session, load_settings(uow.session))
    wake_everybody(uow.session)
    return changed(before, after)


def _weights(where: str, value: Any) -> dict[str, Any]:
    """Points of each urgency, and what a channel adds to them."""
    if not isinstance(value, Mapping):
        raise field_error(where, "must be an object of urgency and channel")
    fields = {
        "urgency": mapping(choice(*_URGENCIES), _POINTS, len(_URGENCIES)),
        "channel": mapping(_channel, _POINTS, 50),
    }
    read = read_fields({"urgency": {}, "channel": {}, **value}, fields, where=where)
    refusals = Refusals()
    for name in _URGENCIES:
        if name not in read["urgency"]:
            refusals.add(f"{where}.urgency.{name}", "is missing")
    refusals.demand()
    return read


def _channel(where: str, value: Any) -> str:
    if not isinstance(value, str) or not _CHANNEL.fullmatch(value):
        raise field_error(where, "is no channel")
    return value


_FIELDS: dict[str, Field] = {
    "default_capacity": whole(0, 1000),
    "critical_excess": whole(0, 100),
    "heartbeat_seconds": whole(15, 3600),
    "sticky_days": whole(0, 3650),
    "grab_quota": whole(0, 1000),
    "weights": _weights,
    "pending_counts": flag,
}
