"""What conditions, actions and recipients may refer to, as the copy of the organisation has it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.directory.tables import GROUPS, PEOPLE, REGIONS, Kind

_KINDS: dict[str, Kind] = {"groups": GROUPS, "regions": REGIONS, "people": PEOPLE}


class KnownThings:
    """Says whether an id exists; each kind is read once, when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[str, set[str] | None] = {}

    def has(self, source: str, value: str) -> bool:
        """Whether there is such a thing, in use."""
        if source not in self._ids:
            self._ids[source] = self._read(source)
        ids = self._ids[source]
        return ids is None or value in ids

    def _read(self, source: str) -> set[str] | None:
        """The ids in use; None where another service alone has them, and any will do."""
        if source == "categories":
            return None
        kind = _KINDS[source]
        statement = text(f"SELECT {kind.key} FROM {kind.table} WHERE is_active")
        return {str(one) for one in self._session.scalars(statement)}
