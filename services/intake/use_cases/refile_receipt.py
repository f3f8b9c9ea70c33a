"""An operator lets a message that could not be filed be tried again."""

from datetime import datetime
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from services.intake.storage.receipts import find_state, refile


def refile_receipt(uow: UnitOfWork, now: datetime, receipt_id: UUID) -> None:
    """With a full count of attempts; refused unless filing it has been given up."""
    if refile(uow.session, receipt_id, now):
        return
    state = find_state(uow.session, receipt_id)
    if state is None:
        raise NotFound("receipt.unknown", "there is no message with this receipt")
    raise Conflict("receipt.not_failed", f"the message has not failed: it is {state}")
