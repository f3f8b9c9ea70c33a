"""What categories of tickets are called, as ticketing tells it."""

from collections.abc import Sequence

from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from services.reporting.storage.categories import keep_categories

_NAMES = ("category_id", "parent_id", "name_zh", "name_en", "version")


def hear_categories(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Keep the newest word of each; repeats and any order are borne."""
    newest: dict[str, Event] = {}
    for event in events:
        known = newest.get(event.subject)
        if known is None or known.data["version"] < event.data["version"]:
            newest[event.subject] = event
    rows = [{name: event.data[name] for name in _NAMES} for event in newest.values()]
    keep_categories(uow.session, rows)
