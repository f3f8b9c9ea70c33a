"""Reads the copy of the organisation in the terms of the domain."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actions import Recipient
from libs.common.directory.finders import Group, Person, find_group, find_groups, find_people
from libs.common.directory.recipients import resolve_recipients
from services.ticketing.domain.placing import Colleague, Team

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
