"""Colleagues whom a note is meant for by name (@)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.directory.finders import Person, find_people
from libs.common.errors import field_error

_MOST = 20


def find_mentioned(session: Session, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names by id, each person once; raises InvalidInput for who is no active member of staff."""
    wanted = list(dict.fromkeys(person_ids))
    if len(wanted) > _MOST:
        raise field_error("mentions", f"must have at most {_MOST} members", "field.too_long")
    found = find_people(session, wanted)
    missing = [str(one) for one in wanted if one not in found or not _is_staff(found[one])]
    if missing:
        message = f"nobody who works here: {', '.join(missing)}"
        raise field_error("mentions", message, "mention.unknown")
    return {one: found[one].name for one in wanted}


def _is_staff(person: Person) -> bool:
    return person.is_active and person.kind == "staff"
