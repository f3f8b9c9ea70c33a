"""What conditions and actions may refer to: the copied organisation, and categories."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.directory.tables import GROUPS, PEOPLE, REGIONS, Kind
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.storage.status_rows import own_statuses

# Of all versions: tickets keep theirs.
_CONFIDENTIAL = text(
    "SELECT DISTINCT jsonb_array_elements_text(content -> 'confidential' -> 'fields') "
    "FROM ticket_template_versions WHERE content -> 'confidential' -> 'fields' IS NOT NULL"
)
_KINDS: dict[str, Kind] = {"groups": GROUPS, "regions": REGIONS, "people": PEOPLE}


class KnownThings:
    """Says whether an id exists; each kind is read once, when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[str, set[str]] = {}
        self._confidential: set[str] | None = None

    def has(self, source: str, value: str) -> bool:
        """Whether there is such a thing, in use."""
        if source not in self._ids:
            self._ids[source] = self._read(source)
        return value in self._ids[source]

    def is_confidential(self, key: str) -> bool:
        """Whether some template keeps the field of this key confidential."""
        if self._confidential is None:
            self._confidential = set(self._session.scalars(_CONFIDENTIAL))
        return key in self._confidential

    def _read(self, source: str) -> set[str]:
        if source == "categories":
            return {str(one) for one in read_tree(self._session).nodes}
        if source == "statuses":
            known = own_statuses(self._session).values()
            return {one.key for one in known if not one.is_archived}
        kind = _KINDS[source]
        statement = text(f"SELECT {kind.key} FROM {kind.table} WHERE is_active")
        return {str(one) for one in self._session.scalars(statement)}
