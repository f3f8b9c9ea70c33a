"""Other systems tell what they know of a customer. The shell commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from libs.common.ids import uuid7
from services.intake.domain.records import ExternalRecord, read_record
from services.intake.storage.customers import lock_customer
from services.intake.storage.external_records import RecordShelf


def keep_record(
    uow: UnitOfWork,
    shelf: RecordShelf,
    now: datetime,
    *,
    customer_id: UUID,
    source: object,
    kind: object,
    key: object,
    happened_at: datetime | None,
    content: Mapping[str, Any],
) -> tuple[UUID, ExternalRecord]:
    """Keep it under source, kind and key, in place of what was known so far; its id.

    Raises NotFound for an unknown customer, InvalidInput naming the field.
    """
    record = read_record(source, kind, key, content, happened_at or now)
    # Two that tell of one customer at once take turns: so do two that tell of one record.
    if lock_customer(uow.session, customer_id) is None:
        raise NotFound("customer.unknown", "there is no such customer")
    return shelf.keep(uow.session, uuid7(), customer_id, record, now), record


def drop_record(uow: UnitOfWork, shelf: RecordShelf, *, record_id: UUID) -> None:
    """Forget it; raises NotFound."""
    if not shelf.drop(uow.session, record_id):
        raise NotFound("external_record.unknown", "there is no such record")
