"""Reads the copy of the organisation in the terms of the domain."""

from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.directory.finders import Group, find_group, find_groups, find_person
from services.ticketing.domain.placing import Colleague, Team


def find_colleague(session: Session, person_id: UUID) -> Colleague | None:
    """Where somebody works; None as long as the copy does not know the person."""
    person = find_person(session, person_id)
    if person is None:
        return None
    groups = find_groups(session, person.group_ids)
    known = (groups[group_id] for group_id in person.group_ids if group_id in groups)
    team = next((_team(group) for group in known if group.is_active), None)
    return Colleague(person.group_ids, team, person.department_id, person.region_id)


def find_team(session: Session, group_id: UUID) -> Team | None:
    """A group that may be given tickets; None for one that is unknown or no longer active."""
    group = find_group(session, group_id)
    return _team(group) if group is not None and group.is_active else None


def _team(group: Group) -> Team:
    return Team(group.group_id, group.name, group.department_id, group.region_id)
