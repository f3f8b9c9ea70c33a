"""External records as rows: what they tell is sealed, as contacts are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.intake.domain.records import ExternalRecord
from services.intake.storage.tables import ExternalRecordRow

_TOLD = ("title", "state", "url", "facts")


def record_context(record_id: UUID) -> str:
    """What the sealed content of a record is bound to."""
    return field_context("external_records", "content", record_id)


class RecordShelf:
    """All reading and writing of records."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def keep(
        self,
        session: Session,
        record_id: UUID,
        customer_id: UUID,
        record: ExternalRecord,
        now: datetime,
    ) -> UUID:
        """Insert it, or put it in place of what is there under its key; returns its id."""
        row = ExternalRecordRow
        place = {"source": record.source, "kind": record.kind, "key": record.key}
        # The id first: what is sealed is bound to it.
        wanted = select(row.record_id).filter_by(**place).with_for_update()
        known = session.scalars(wanted).first()
        kept_id = known or record_id
        values = {
            "customer_id": customer_id,
            "sealed": self._keys.encrypt(_content(record), record_context(kept_id)),
            "happened_at": record.happened_at,
            "updated_at": now,
        }
        statement = insert(row).values(record_id=kept_id, **place, **values)
        if known is not None:
            statement = statement.on_conflict_do_update(index_elements=[row.record_id], set_=values)
        session.execute(statement)
        return kept_id

    def find(self, session: Session, record_id: UUID) -> tuple[Any, ExternalRecord] | None:
        """One, with its row."""
        found = session.get(ExternalRecordRow, record_id, populate_existing=True)
        return None if found is None else (found, self._open(found))

    def of_customer(
        self, session: Session, customer_id: UUID, limit: int, after: tuple[datetime, UUID] | None
    ) -> list[tuple[Any, ExternalRecord]]:
        """A page of a customer's, the newest first, with their rows."""
        row = ExternalRecordRow
        wanted = select(row).where(row.customer_id == customer_id)
        if after is not None:
            wanted = wanted.where(tuple_(row.happened_at, row.record_id) < after)
        ordered = wanted.order_by(row.happened_at.desc(), row.record_id.desc()).limit(limit)
        return self._opened(session.scalars(ordered.execution_options(populate_existing=True)))

    def drop(self, session: Session, record_id: UUID) -> bool:
        """Forget it; whether it was there."""
        row = ExternalRecordRow
        gone = delete(row).where(row.record_id == record_id).returning(row.record_id)
        return session.execute(gone).first() is not None

    def _opened(self, rows: Iterable[Any]) -> list[tuple[Any, ExternalRecord]]:
        return [(row, self._open(row)) for row in rows]

    def _open(self, row: Any) -> ExternalRecord:
        content = orjson.loads(self._keys.decrypt(bytes(row.sealed), record_context(row.record_id)))
        facts = tuple((label, value) for label, value in content.pop("facts"))
        place = {name: getattr(row, name) for name in ("source", "kind", "key", "happened_at")}
        return ExternalRecord(**place, **content, facts=facts)


def _content(record: ExternalRecord) -> bytes:
    return orjson.dumps({name: getattr(record, name) for name in _TOLD})
