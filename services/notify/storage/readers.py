"""Who may be told: people and customers with their wishes, for a whole batch at once."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actions import Recipient
from services.notify.domain.planning import Customer, Person
from services.notify.domain.preferences import NO_WISHES, Preference, Quiet

_log = logging.getLogger(__name__)

_WISHES = "channels, wishes.language AS own_language, zone, quiet_from, quiet_until, quiet_days"
_PEOPLE = text(
    "SELECT people.person_id, name, people.language, is_active, title, role, group_ids, "
    f"led_group_ids, wecom_userid, {_WISHES} FROM directory_people AS people "
    "LEFT JOIN preferences AS wishes "
    "ON subject_kind = 'person' AND subject_id = people.person_id "
    "WHERE people.person_id = ANY(CAST(:people AS uuid[])) "
    "OR is_active AND (title = ANY(CAST(:titles AS text[])) OR role = ANY(CAST(:roles AS text[])) "
    "OR group_ids && CAST(:groups AS uuid[]) OR led_group_ids && CAST(:groups AS uuid[])) "
    "ORDER BY name, people.person_id"
)
_CUSTOMERS = text(
    f"SELECT asked.id, tier, known.language, NULL AS wecom_userid, {_WISHES} "
    "FROM unnest(CAST(:ids AS uuid[])) AS asked (id) "
    "LEFT JOIN addresses AS known ON known.customer_id = asked.id "
    "LEFT JOIN preferences AS wishes ON subject_kind = 'customer' AND subject_id = asked.id"
)
_GROUPS = text(
    "SELECT group_id, name FROM directory_groups WHERE group_id = ANY(CAST(:ids AS uuid[]))"
)
_ROBOTS = text(
    "SELECT endpoint_id, kind FROM endpoints "
    "WHERE is_active AND endpoint_id = ANY(CAST(:ids AS uuid[]))"
)


@dataclass(frozen=True)
class Wanted:
    """Whom a list of recipients means, for a ticket of this assignee and group."""

    recipients: tuple[Recipient, ...]
    assignee_id: UUID | None
    group_id: UUID | None


class Staff:
    """The people of a batch, found by one query."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = {row.person_id: row for row in rows}
        self._people: dict[UUID, Person] = {}

    def names(self) -> dict[UUID, str]:
        return {person_id: row.name for person_id, row in self._rows.items()}

    def person(self, person_id: UUID) -> Person | None:
        """None for who is not active any more; whom the copy does not know yet may be told."""
        row = self._rows.get(person_id)
        if row is None:
            return Person(person_id)
        if not row.is_active:
            return None
        if person_id not in self._people:
            self._people[person_id] = Person(person_id, row.name, row.language, wishes_of(row))
        return self._people[person_id]

    def find(self, wanted: Wanted) -> list[UUID]:
        """Those whom the recipients mean, each once: the assignee first, the others by name."""
        asked = {one.to for one in wanted.recipients}
        found = [wanted.assignee_id] if "assignee" in asked and wanted.assignee_id else []
        found += [one.person_id for one in wanted.recipients if one.person_id is not None]
        found += [
            key for key, row in self._rows.items() if row.is_active and _is_meant(row, wanted)
        ]
        return list(dict.fromkeys(found))


def find_staff(session: Session, people: Collection[UUID], wanted: Collection[Wanted]) -> Staff:
    """All whom a batch may tell: those named by id, and those whom recipients mean."""
    keys = _keys(people, wanted)
    return Staff(session.execute(_PEOPLE, keys) if any(keys.values()) else ())


def find_customers(session: Session, ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Each of them, also those of whom nothing is known yet."""
    rows = session.execute(_CUSTOMERS, {"ids": [str(one) for one in ids]}) if ids else ()
    return {row.id: Customer(row.id, row.tier, row.language, wishes_of(row)) for row in rows}


def find_group_names(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(_GROUPS, {"ids": [str(one) for one in ids]}) if ids else ()
    return {row.group_id: row.name for row in rows}


def find_robots(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """The kinds of those that are in use."""
    rows = session.execute(_ROBOTS, {"ids": [str(one) for one in ids]}) if ids else ()
    return {row.endpoint_id: row.kind for row in rows}


def wishes_of(row: Any) -> Preference:
    """From the columns of `preferences`, null where there is no row."""
    if row.channels is None:
        return NO_WISHES
    zone = ZoneInfo(row.zone) if row.zone else None
    return Preference(
        channels=row.channels,
        language=row.own_language,
        zone=zone,
        quiet=_quiet(row, zone),
        wecom_userid=row.wecom_userid,
    )


def _quiet(row: Any, zone: ZoneInfo | None) -> Quiet | None:
    if row.quiet_from is None or row.quiet_until is None or zone is None:
        return None
    return Quiet(row.quiet_from, row.quiet_until, zone, tuple(row.quiet_days))


def _is_meant(row: Any, wanted: Wanted) -> bool:
    return any(_means(one, row, wanted.group_id) for one in wanted.recipients)


def _means(recipient: Recipient, row: Any, group_id: UUID | None) -> bool:
    match recipient.to:
        case "title":
            return bool(row.title == recipient.key)
        case "role":
            return bool(row.role == recipient.key)
        case "group":
            return group_id in row.group_ids
        case "group_leads":
            return group_id in row.led_group_ids
    return False


def _keys(people: Collection[UUID], wanted: Collection[Wanted]) -> Mapping[str, list[str]]:
    ids = {str(one) for one in people}
    groups, titles, roles = set(), set(), set()
    for one in wanted:
        asked = {recipient.to for recipient in one.recipients}
        if one.assignee_id and "assignee" in asked:
            ids.add(str(one.assignee_id))
        if one.group_id and asked & {"group", "group_leads"}:
            groups.add(str(one.group_id))
        ids |= {str(each.person_id) for each in one.recipients if each.person_id}
        titles |= {each.key for each in one.recipients if each.to == "title" and each.key}
        roles |= {each.key for each in one.recipients if each.to == "role" and each.key}
    return {
        "people": sorted(ids),
        "titles": sorted(titles),
        "roles": sorted(roles),
        "groups": sorted(groups),
    }
