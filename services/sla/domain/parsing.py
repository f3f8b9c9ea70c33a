"""Reads policies from JSON; everything that is wrong is named by its path in one refusal."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actions import parse_actions, parse_recipients
from libs.common.actions.parsing import OWN_STATUS
from libs.common.conditions import Known, parse_condition
from services.sla.domain.policies import MOST_REPEATS, Policy, Step
from services.sla.domain.reading import Reading
from services.sla.domain.vocabulary import (
    BY_URGENCY,
    CATEGORY_OF,
    TARGETS,
    UNFINISHED_STATUSES,
    URGENCIES,
)

NAME_LIMIT = 100  # characters
KEY_LIMIT = 40
STEPS_LIMIT = 20
LONGEST = 366 * 86_400  # seconds
SHORTEST_REPEAT = 60
MOST_PAUSING = 30
_OWN = re.compile(OWN_STATUS)
# A closed ticket waits for nothing.
_STATUS_TARGETS = tuple(key for key, category in CATEGORY_OF.items() if category != "closed")
_FIELDS = (
    "name",
    "is_active",
    "condition",
    "calendar_id",
    "pause_statuses",
    "targets",
    "steps",
)
_STEP_FIELDS = (
    "key",
    "target",
    "offset_seconds",
    "calendar",
    "repeat_seconds",
    "repeat_limit",
    "recipients",
    "actions",
)

Raw = Mapping[str, Any]
Targets = dict[str, dict[str, int]]


def parse_policy(
    raw: Raw,
    *,
    policy_id: UUID,
    revision: int = 1,
    position: int = 1,
    known: Known | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Policy:
    """A policy from what people edit; raises InvalidInput with errors keyed by paths.

    Refused are unknown fields, statuses and targets, no target at all, steps with the same key or
    for a target that the policy lacks, reminders that would come before the clock starts, repeats
    within a minute, and whatever conditions, recipients and actions refuse. `known` is asked for
    groups, regions, people and `calendars`.
    """
    reading = Reading("policy.invalid", known)
    reading.only(raw, _FIELDS)
    targets = _targets(reading, raw.get("targets"))
    condition = {} if raw.get("condition") is None else raw["condition"]
    policy = Policy(
        policy_id=policy_id,
        revision=revision,
        position=position,
        name=reading.text(raw.get("name"), "name", NAME_LIMIT),
        is_active=reading.flag(raw.get("is_active", True), "is_active"),
        condition=reading.attempt(parse_condition, condition, known=known),
        calendar_id=_calendar_id(reading, raw.get("calendar_id")),
        pause_statuses=_pause_statuses(reading, raw.get("pause_statuses")),
        targets=targets,
        steps=_steps(reading, raw.get("steps"), targets),
        since=since,
        until=until,
    )
    reading.conclude()
    return policy


def _calendar_id(reading: Reading, raw: Any) -> UUID | None:
    if raw is None:
        return None
    try:
        calendar_id = raw if isinstance(raw, UUID) else UUID(raw)
    except (ValueError, TypeError, AttributeError):
        reading.wrong("calendar_id", "must be a UUID")
        return None
    if reading.known is not None and not reading.known.has("calendars", str(calendar_id)):
        reading.wrong("calendar_id", "is not among the calendars")
    return calendar_id


def _pause_statuses(reading: Reading, raw: Any) -> frozenset[str]:
    """A ticket that is solved or closed has no running clock to pause.

    Of a company's own statuses only the form of their keys is known here: one that has gone, or
    that stands on a finished status, pauses nothing.
    """
    statuses = reading.list_of(raw, "pause_statuses", MOST_PAUSING)
    return frozenset(
        status
        for index, status in enumerate(statuses)
        if (isinstance(status, str) and _OWN.fullmatch(status))
        or reading.one_of(status, UNFINISHED_STATUSES, f"pause_statuses[{index}]")
    )


def _targets(reading: Reading, raw: Any) -> Targets:
    if not isinstance(raw, Mapping) or not any(raw.values()):
        reading.wrong("targets", "a policy needs at least one target")
        return {}
    found = {}
    for target, durations in raw.items():
        path = f"targets.{target}"
        if reading.one_of(target, TARGETS, path) and durations is not None:
            found[target] = _durations(reading, target, durations, path)
    return {target: durations for target, durations in found.items() if durations}


def _durations(reading: Reading, target: str, raw: Any, path: str) -> dict[str, int]:
    if not isinstance(raw, Mapping):
        reading.wrong(path, "must map each urgency, or status, to seconds")
        return {}
    keys = URGENCIES if target in BY_URGENCY else _STATUS_TARGETS
    found = {}
    for key, seconds in raw.items():
        # None: nothing is promised.
        if reading.one_of(key, keys, f"{path}.{key}") and seconds is not None:
            found[key] = reading.whole(seconds, f"{path}.{key}", 1, LONGEST)
    if not found and not reading.is_wrong_within(path):
        reading.wrong(path, "needs at least one duration")
    return found


def _steps(reading: Reading, raw: Any, targets: Targets) -> tuple[Step, ...]:
    steps: list[Step] = []
    for index, item in enumerate(reading.list_of(raw, "steps", STEPS_LIMIT)):
        path = f"steps[{index}]"
        if not isinstance(item, Mapping):
            reading.wrong(path, "must be an object")
            continue
        step = _step(reading, item, path, targets)
        if step.key in {earlier.key for earlier in steps if earlier.key}:
            reading.wrong(f"{path}.key", "is another step's already")
        steps.append(step)
    return tuple(steps)


def _step(reading: Reading, raw: Raw, path: str, targets: Targets) -> Step:
    reading.only(raw, _STEP_FIELDS, f"{path}.")
    repeat, limit = _repeat(reading, raw, path)
    told = [] if raw.get("recipients") is None else raw["recipients"]
    actions = [] if raw.get("actions") is None else raw["actions"]
    known = reading.known
    return Step(
        key=_key(reading, raw.get("key"), f"{path}.key"),
        target=_target(reading, raw.get("target"), f"{path}.target", targets),
        offset_seconds=_offset(reading, raw, f"{path}.offset_seconds", targets),
        calendar=_calendar(reading, raw.get("calendar"), f"{path}.calendar"),
        repeat_seconds=repeat,
        repeat_limit=limit,
        recipients=reading.attempt(parse_recipients, told, where=f"{path}.recipients", known=known),
        actions=reading.attempt(parse_actions, actions, where=f"{path}.actions", known=known),
    )


def _key(reading: Reading, raw: Any, path: str) -> str:
    key = reading.text(raw, path, KEY_LIMIT)
    if "#" in key:
        reading.wrong(path, "must not hold #, which numbers recurring steps")
    return key


def _target(reading: Reading, raw: Any, path: str, targets: Targets) -> str:
    if reading.one_of(raw, TARGETS, path) and raw not in targets:
        reading.wrong(path, "is a target that the policy does not have")
    return str(raw)


def _offset(reading: Reading, raw: Raw, path: str, targets: Targets) -> int:
    offset = reading.whole(raw.get("offset_seconds"), path, -LONGEST, LONGEST)
    target = raw.get("target")
    durations = targets.get(target, {}) if isinstance(target, str) else {}
    if any(-offset >= seconds for seconds in durations.values()):
        reading.wrong(path, "must be shorter before due than every duration of the target")
    if offset < 0 and raw.get("repeat_seconds") is not None:
        reading.wrong(path, "must not be before due: only what is overdue is told again and again")
    return offset


def _calendar(reading: Reading, raw: Any, path: str) -> str | None:
    if raw is not None:
        reading.one_of(raw, ("business", "elapsed"), path)
    return raw if isinstance(raw, str) else None


def _repeat(reading: Reading, raw: Raw, path: str) -> tuple[int | None, int]:
    """Seconds from one time to the next, and how many times in all."""
    seconds, limit = raw.get("repeat_seconds"), raw.get("repeat_limit")
    if seconds is None:
        if limit is not None:
            reading.wrong(f"{path}.repeat_limit", "needs repeat_seconds")
        return None, 1
    times = MOST_REPEATS if limit is None else limit
    return (
        reading.whole(seconds, f"{path}.repeat_seconds", SHORTEST_REPEAT, LONGEST),
        reading.whole(times, f"{path}.repeat_limit", 1, MOST_REPEATS),
    )
