"""Finds in the directory copy the people whom a list of recipients means."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.actions import Recipient

_FOUND = text(
    "SELECT person_id FROM directory_people WHERE is_active AND ("
    "person_id = ANY(CAST(:people AS uuid[])) "
    "OR title = ANY(CAST(:titles AS text[])) OR role = ANY(CAST(:roles AS text[])) "
    "OR led_group_ids && CAST(:led AS uuid[]) OR group_ids && CAST(:groups AS uuid[])) "
    "ORDER BY name, person_id"
)


def resolve_recipients(
    session: Session,
    recipients: Sequence[Recipient],
    *,
    assignee_id: UUID | None,
    group_id: UUID | None,
) -> list[UUID]:
    """Active people by name, each once; `assignee_id` and `group_id` are the ticket's, if any.

    Whom the copy does not have yet is not found; nobody is a possible answer.
    """
    asked = {one.to for one in recipients}
    people = [one.person_id for one in recipients if one.person_id is not None]
    if "assignee" in asked and assignee_id is not None:
        people.append(assignee_id)
    group = [] if group_id is None else [group_id]
    wanted = {
        "people": people,
        "titles": _keys(recipients, "title"),
        "roles": _keys(recipients, "role"),
        "led": group if "group_leads" in asked else [],
        "groups": group if "group" in asked else [],
    }
    return list(session.scalars(_FOUND, wanted)) if any(wanted.values()) else []


def _keys(recipients: Sequence[Recipient], to: str) -> list[str]:
    return [one.key for one in recipients if one.to == to and one.key is not None]
