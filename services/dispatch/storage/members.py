"""Who may be given work, as the copy of the organisation has them."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


def find_member(session: Session, person_id: UUID) -> str | None:
    """The name of somebody who may be given work: active and of the staff."""
    statement = text(
        "SELECT name FROM directory_people "
        "WHERE person_id = :person_id AND is_active AND kind = 'staff'"
    )
    name: str | None = session.scalar(statement, {"person_id": person_id})
    return name
