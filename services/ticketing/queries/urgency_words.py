"""The words of urgency as they are shown."""

from typing import Any

from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.urgency_words import UrgencyWords
from services.ticketing.storage.urgency_words import read_row


def get_words(uow: UnitOfWork) -> dict[str, Any]:
    """What holds now, with its version."""
    return show_words(read_row(uow.session))


def show_words(row: Any) -> dict[str, Any]:
    """All of them, those with their defaults included."""
    return UrgencyWords.read(row.words).as_json() | {"version": row.version}
