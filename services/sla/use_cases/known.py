"""What exists, for conditions, recipients and policies that name it."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.sla.storage.things import ids_of


class KnownThings:
    """Groups, regions and people of the directory's copy, and calendars; one statement a source."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[str, set[UUID]] = {}

    def has(self, source: str, value: str) -> bool:
        """Whether there is such a thing, in use; what has not been copied yet is not."""
        if source in ("categories", "statuses"):
            return True  # Ticketing alone has them; of an unknown status it tells on the ticket.
        if source not in self._ids:
            self._ids[source] = ids_of(self._session, source)
        return UUID(value) in self._ids[source]
