"""What conditions and recipients may refer to, as the copy of the organisation has it."""

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
