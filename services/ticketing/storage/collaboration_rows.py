"""Finds the parts of collaborations, and who belongs to those who were asked."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from libs.common.directory.finders import find_groups, find_people, members_of
from libs.common.directory.finders import units_below as below
from libs.common.directory.tables import DEPARTMENTS
from services.ticketing.domain.collaboration import Collaboration, Target
from services.ticketing.storage.together_tables import collaborations
from services.ticketing.storage.worded_rows import add_row, keep_row, read_row

# The person, their groups, their department and those that it is part of.
_TARGETS = text(
    "WITH RECURSIVE own AS (SELECT department_id, group_ids FROM directory_people "
    "WHERE person_id = :id AND is_active), "
    "above AS (SELECT department_id FROM own WHERE department_id IS NOT NULL UNION "
    "SELECT d.parent_id FROM directory_departments d JOIN above USING (department_id) "
    "WHERE d.parent_id IS NOT NULL) "
    "SELECT department_id FROM above UNION SELECT unnest(group_ids) FROM own"
)
_IN_DEPARTMENTS = text(
    "SELECT person_id FROM directory_people WHERE is_active AND kind = 'staff' "
    "AND department_id = ANY(CAST(:ids AS uuid[])) ORDER BY name, person_id LIMIT :most"
)
_ACTIVE_DEPARTMENT = text(
    "SELECT name FROM directory_departments WHERE department_id = :id AND is_active"
)
_BY_TICKET = select(collaborations).order_by(
    collaborations.c.asked_at, collaborations.c.collaboration_id
)


def targets_of(session: Session, person_id: UUID | None) -> set[UUID]:
    """Everything that means this person when it is asked: themselves and their units."""
    if person_id is None:
        return set()
    return {person_id, *session.scalars(_TARGETS, {"id": person_id})}


def find_target(session: Session, kind: str, target_id: UUID) -> Target | None:
    """An active department, group or member of staff."""
    if kind == "person":
        person = find_people(session, [target_id]).get(target_id)
        is_staff = person is not None and person.is_active and person.kind == "staff"
        return Target(kind, target_id, person.name) if person is not None and is_staff else None
    if kind == "group":
        group = find_groups(session, [target_id]).get(target_id)
        is_there = group is not None and group.is_active
        return Target(kind, target_id, group.name) if group is not None and is_there else None
    name = session.scalar(_ACTIVE_DEPARTMENT, {"id": target_id})
    return None if name is None else Target(kind, target_id, name)


def people_of(session: Session, target: Target, most: int) -> list[UUID]:
    """The active people who are meant, at most so many."""
    if target.kind == "person":
        return [target.target_id]
    if target.kind == "group":
        return [one.person_id for one in members_of(session, target.target_id)][:most]
    ids = list(below(session, DEPARTMENTS, [target.target_id]))
    return list(session.scalars(_IN_DEPARTMENTS, {"ids": ids, "most": most}))


def ticket_of_part(session: Session, collaboration_id: UUID) -> UUID | None:
    """Whose part it is."""
    found = select(collaborations.c.ticket_id).where(
        collaborations.c.collaboration_id == collaboration_id
    )
    return session.scalar(found)


def parts_of(session: Session, ticket_id: UUID) -> list[Collaboration]:
    """All parts of a ticket, oldest first; the ticket's lock is theirs, too."""
    rows = session.execute(_BY_TICKET.where(collaborations.c.ticket_id == ticket_id))
    return [read_row(session, collaborations, row, Collaboration) for row in rows]


def add_parts(session: Session, parts: Iterable[Collaboration]) -> None:
    """New ones."""
    for part in parts:
        add_row(session, collaborations, part)


def keep_parts(session: Session, parts: Sequence[Collaboration]) -> None:
    """Changed ones."""
    for part in parts:
        keep_row(session, collaborations, part)
