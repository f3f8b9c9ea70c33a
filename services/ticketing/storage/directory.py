"""Reads the copy of the organisation in the terms of the domain."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actions import Recipient
from libs.common.directory.finders import (
    Group,
    Person,
    find_group,
    find_groups,
    find_people,
    find_person,
)
from libs.common.directory.recipients import resolve_recipients
from services.ticketing.domain.copying import (
    COPY_KINDS,
    DEPARTMENT,
    GROUP,
    PERSON,
    Copied,
)
from services.ticketing.domain.passing import Department
from services.ticketing.domain.placing import Colleague, Team

# A company as a whole is not told one by one.
_MEMBERS = text(
    "SELECT person_id FROM directory_people WHERE is_active AND kind = 'staff' AND "
    "(person_id = ANY(:ids) OR group_ids && CAST(:ids AS uuid[]) OR department_id = ANY(:ids)) "
    "ORDER BY name, person_id LIMIT 200"
)
_ACTIVE_DEPARTMENTS = text(
    "SELECT department_id, name FROM directory_departments "
    "WHERE is_active AND department_id = ANY(:ids)"
)
_HAS_PEOPLE = text("SELECT EXISTS (SELECT 1 FROM directory_people)")


def find_colleague(session: Session, person_id: UUID) -> Colleague | None:
    """Where somebody works; None as long as the copy does not know the person."""
    return find_colleagues(session, [person_id]).get(person_id)


def find_colleagues(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Colleague]:
    """The same for several, by two statements; whom the copy does not know is left out."""
    people = find_people(session, person_ids)
    groups = find_groups(session, {one for person in people.values() for one in person.group_ids})
    return {person_id: _colleague(person, groups) for person_id, person in people.items()}


def has_people(session: Session) -> bool:
    """Whether the organisation has been copied at all, so that an unknown person is a stranger."""
    return bool(session.scalar(_HAS_PEOPLE))


def find_candidates(
    session: Session, wanted: Recipient, group_id: UUID | None
) -> list[tuple[UUID, str]]:
    """Id and name of the active people who are meant, by name; `group_id` is the ticket's."""
    ids = resolve_recipients(session, [wanted], assignee_id=None, group_id=group_id)
    people = find_people(session, ids)
    return [(one, people[one].name) for one in ids if one in people]


def find_team(session: Session, group_id: UUID) -> Team | None:
    """A group that may be given tickets; None for one that is unknown or no longer active."""
    group = find_group(session, group_id)
    return _team(group) if group is not None and group.is_active else None


def find_department(session: Session, department_id: UUID) -> Department | None:
    """A department that may be given tickets; None for an unknown one."""
    name = _departments(session, [department_id]).get(department_id)
    return None if name is None else Department(department_id, name)


def _departments(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(_ACTIVE_DEPARTMENTS, {"ids": list(ids)}) if ids else ()
    return {row.department_id: row.name for row in rows}


def find_worker_name(session: Session, person_id: UUID) -> str | None:
    """The name of an active member of staff."""
    person = find_person(session, person_id)
    is_there = person is not None and person.is_active and person.kind == "staff"
    return person.name if person and is_there else None


def find_copied(session: Session, wanted: Sequence[tuple[str, UUID]]) -> dict[UUID, Copied]:
    """People, groups and departments by kind and id, as far as they are there and active."""
    by_kind = {kind: [one for known, one in wanted if known == kind] for kind in COPY_KINDS}
    people = find_people(session, by_kind[PERSON])
    groups = find_groups(session, by_kind[GROUP])
    names: dict[str, Mapping[UUID, str]] = {
        PERSON: {key: one.name for key, one in people.items() if one.is_active},
        GROUP: {key: one.name for key, one in groups.items() if one.is_active},
        DEPARTMENT: _departments(session, by_kind[DEPARTMENT]),
    }
    return {one: Copied(kind, one, names[kind][one]) for kind, one in wanted if one in names[kind]}


def find_members(session: Session, ids: Sequence[UUID]) -> list[UUID]:
    """The active members of staff among these, and in these groups and departments, by name."""
    return list(session.scalars(_MEMBERS, {"ids": list(ids)})) if ids else []


def find_teams(session: Session, group_ids: Iterable[UUID]) -> dict[UUID, Team]:
    """Those of the groups that may be given tickets, by id."""
    groups = find_groups(session, set(group_ids))
    return {key: _team(group) for key, group in groups.items() if group.is_active}


def _colleague(person: Person, groups: Mapping[UUID, Group]) -> Colleague:
    known = (groups[group_id] for group_id in person.group_ids if group_id in groups)
    return Colleague(
        group_ids=person.group_ids,
        team=next((_team(group) for group in known if group.is_active), None),
        department_id=person.department_id,
        region_id=person.region_id,
        is_active=person.is_active,
    )


def _team(group: Group) -> Team:
    return Team(group.group_id, group.name, group.department_id, group.region_id)
