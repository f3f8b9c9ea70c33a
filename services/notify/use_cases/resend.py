"""Send once more by hand what has failed, or of what nobody knows whether it came."""

from datetime import datetime
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from services.notify.domain.deliveries import Status
from services.notify.storage.deliveries import send_again


def resend_delivery(uow: UnitOfWork, now: datetime, delivery_id: UUID) -> Status:
    """The status before; raises NotFound, or Conflict for what is under way or has come."""
    before = send_again(uow.session, delivery_id, now)
    if before is None:
        raise NotFound("delivery.unknown", "there is no such delivery")
    if before not in (Status.FAILED, Status.UNKNOWN):
        raise Conflict("delivery.not_resendable", f"a delivery that is {before} is not sent again")
    return before
