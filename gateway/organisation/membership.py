"""Who is in which group and leads it; a change counts as one of the group and of the person."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.storage.organisation import GroupMember, GroupRow
from gateway.storage.people import Person

# By group, whether somebody leads it.
Places = Mapping[UUID, bool]
_QUIET = {"synchronize_session": False}


def find_places(session: Session, person_ids: Collection[UUID]) -> dict[UUID, dict[UUID, bool]]:
    """By person, the groups that they are in, active or not."""
    rows = session.execute(
        select(GroupMember.person_id, GroupMember.group_id, GroupMember.is_lead).where(
            GroupMember.person_id.in_(person_ids)
        )
    )
    found: dict[UUID, dict[UUID, bool]] = defaultdict(dict)
    for person_id, group_id, is_lead in rows:
        found[person_id][group_id] = is_lead
    return found


def find_members(session: Session, group_id: UUID) -> dict[UUID, bool]:
    """By person, whether they lead the group."""
    members = select(GroupMember.person_id, GroupMember.is_lead)
    rows = session.execute(members.where(GroupMember.group_id == group_id))
    return {row[0]: row[1] for row in rows}


def put_in(session: Session, wanted: Collection[tuple[UUID, UUID, bool]]) -> None:
    """(group, person, leads), each new or with another flag; one statement."""
    if not wanted:
        return
    names = ("group_id", "person_id", "is_lead")
    rows = insert(GroupMember).values([dict(zip(names, one, strict=True)) for one in wanted])
    keys = [GroupMember.group_id, GroupMember.person_id]
    session.execute(
        rows.on_conflict_do_update(index_elements=keys, set_={"is_lead": rows.excluded.is_lead})
    )


def take_out(session: Session, unwanted: Collection[tuple[UUID, UUID]]) -> None:
    """(group, person); one statement a group."""
    by_group: dict[UUID, list[UUID]] = defaultdict(list)
    for group_id, person_id in unwanted:
        by_group[group_id].append(person_id)
    for group_id, people in by_group.items():
        gone = delete(GroupMember).where(
            GroupMember.group_id == group_id, GroupMember.person_id.in_(people)
        )
        session.execute(gone, execution_options=_QUIET)


def count_change_of_groups(session: Session, group_ids: Collection[UUID]) -> None:
    """Their members are others now: whoever edits them must look again."""
    changed = update(GroupRow).where(GroupRow.group_id.in_(group_ids))
    session.execute(changed.values(version=GroupRow.version + 1), execution_options=_QUIET)


def count_change_of_people(session: Session, person_ids: Collection[UUID]) -> None:
    """Their groups are others now."""
    changed = update(Person).where(Person.person_id.in_(person_ids))
    session.execute(changed.values(version=Person.version + 1), execution_options=_QUIET)
