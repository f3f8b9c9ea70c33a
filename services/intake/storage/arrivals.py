"""Takes messages in: receipt and raw message by one statement, which is one commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, TextClause, event, text
from sqlalchemy.exc import DBAPIError

from libs.common.config import Config
from libs.common.database.engine import open_engine

# Several statements in one message to the server are one transaction, and SET LOCAL ends with it.
_LIMITS = "SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '5s'; "

_TAKE = text(
    _LIMITS + "WITH receipt AS ("
    "  INSERT INTO receipts (receipt_id, account_id, external_id, size, received_at, next_at)"
    "  VALUES (CAST(:receipt_id AS uuid), CAST(:account_id AS uuid), :external_id, :size,"
    "          :received_at, :received_at)"
    "  ON CONFLICT (account_id, external_id) DO NOTHING RETURNING receipt_id"
    "), blob AS ("
    "  INSERT INTO stored_blobs (blob_key, receipt_id)"
    "  SELECT :blob_key, receipt_id FROM receipt WHERE CAST(:blob_key AS text) IS NOT NULL"
    ") "
    "INSERT INTO raw_messages"
    " (receipt_id, received_at, media_type, body, blob_key, remote_address) "
    "SELECT receipt_id, :received_at, :media_type, :body, :blob_key, :remote_address "
    "FROM receipt RETURNING receipt_id"
)
_STATUS = "SELECT receipt_id, state, number, received_at FROM receipts WHERE "
_KNOWN = text(
    _STATUS + "account_id = CAST(:account_id AS uuid) AND external_id = :external_id"
)  # fmt: skip
_STATUSES = text(_LIMITS + _STATUS + "receipt_id = ANY(CAST(:ids AS uuid[]))")

Result = TypeVar("Result")


@dataclass(frozen=True)
class Arrival:
    """A message that is about to be taken: sealed in `body`, or in the blob `blob_key`."""

    receipt_id: UUID
    account_id: UUID
    external_id: str
    received_at: datetime
    media_type: str
    size: int
    body: bytes | None
    blob_key: str | None
    remote_address: str | None


@dataclass(frozen=True)
class ReceiptStatus:
    """What became of a message so far."""

    receipt_id: UUID
    state: str
    number: str | None
    received_at: datetime

    @property
    def is_settled(self) -> bool:
        """Whether waiting longer would tell more."""
        return self.number is not None or self.state in ("ignored", "failed")


def open_autocommit(config: Config) -> Engine:
    """An engine that commits each statement by itself, which saves two trips per message."""
    url = config.database_url("intake")
    engine = open_engine(url, application="tidedesk-intake-door", pool_size=config.pool_size)

    @event.listens_for(engine, "connect")
    def commit_each_statement(connection: Any, _record: object) -> None:
        connection.autocommit = True

    return engine


class Arrivals:
    """The door's own path into the database: no session, no ORM, an autocommitting engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, arrival: Arrival) -> ReceiptStatus:
        """Commit the message, or find the receipt that the same message got before.

        Safe to repeat: after a lost connection the same arrival meets its own row.
        """
        return self._twice(lambda: self._take(arrival))

    def statuses(self, receipt_ids: Sequence[UUID]) -> list[ReceiptStatus]:
        """Those of the receipts that exist."""
        return self._twice(lambda: self._read(_STATUSES, {"ids": [str(i) for i in receipt_ids]}))

    def _take(self, arrival: Arrival) -> ReceiptStatus:
        parameters = vars(arrival) | {
            "receipt_id": str(arrival.receipt_id),
            "account_id": str(arrival.account_id),
        }
        with self._engine.connect() as connection:
            if connection.execute(_TAKE, parameters).first():
                return ReceiptStatus(arrival.receipt_id, "accepted", None, arrival.received_at)
        known = {name: parameters[name] for name in ("account_id", "external_id")}
        return self._read(_KNOWN, known)[0]

    def _read(self, statement: TextClause, parameters: dict[str, Any]) -> list[ReceiptStatus]:
        with self._engine.connect() as connection:
            return [ReceiptStatus(*row) for row in connection.execute(statement, parameters)]

    def _twice(self, work: Callable[[], Result]) -> Result:
        """Once more where the pooled connection had died with the server, and only there."""
        try:
            return work()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return work()
