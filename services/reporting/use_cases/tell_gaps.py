"""Events of tickets that ought to be there: later ones came long ago."""

from libs.common.database.unit_of_work import Database
from libs.common.metrics import count_gap
from services.reporting.storage.tickets import take_gaps

PATIENCE = 30.0  # seconds


def tell_gaps(database: Database, seconds: float = PATIENCE) -> int:
    """Count each missing event once in the metric; returns how many."""
    with database.begin() as uow:
        missing = take_gaps(uow.session, seconds)
        uow.commit()
    for _ in range(missing):
        count_gap(database.service)
    return missing
