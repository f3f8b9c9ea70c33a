"""What conditions and rules may refer to, as the copy of the organisation has it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.directory.tables import GROUPS, PEOPLE, REGIONS, Kind

_KINDS: dict[str, Kind] = {"groups": GROUPS, "regions": REGIONS, "people": PEOPLE}


class KnownThings:
    """Says whether an id exists; each kind is read once, when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[str, set[str]] = {}

    def has(self, source: str, value: str) -> bool:
        """Whether there is such a thing, in use."""
        if source == "categories":
            return True  # Ticketing alone has them.
        if source not in self._ids:
            self._ids[source] = self._read(_KINDS[source])
        return value in self._ids[source]

    def _read(self, kind: Kind) -> set[str]:
        statement = text(f"SELECT {kind.key} FROM {kind.table} WHERE is_active")
        return {str(one) for one in self._session.scalars(statement)}


def find_member(session: Session, person_id: UUID) -> str | None:
    """The name of somebody who may be given work: active and of the staff."""
    statement = text(
        "SELECT name FROM directory_people "
        "WHERE person_id = :person_id AND is_active AND kind = 'staff'"
    )
    name: str | None = session.scalar(statement, {"person_id": person_id})
    return name


def unknown_groups(session: Session, group_ids: Collection[UUID]) -> set[UUID]:
    """Those that are no groups in use."""
    statement = text(
        "SELECT group_id FROM directory_groups WHERE is_active AND group_id = ANY(:ids)"
    )
    return set(group_ids) - set(session.scalars(statement, {"ids": list(group_ids)}))
