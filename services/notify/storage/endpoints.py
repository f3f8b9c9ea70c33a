"""Robots in group chats: their addresses and secrets are sealed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.notify.domain.endpoints import EndpointKind
from services.notify.storage.channel_tables import EndpointRow


@dataclass(frozen=True)
class Endpoint:
    """A robot; address and secret stay sealed until something is handed over."""

    endpoint_id: UUID
    name: str
    kind: EndpointKind
    sealed_url: bytes = field(repr=False)
    sealed_secret: bytes | None = field(repr=False)
    is_active: bool
    version: int
    last_error: str | None
    last_sent_at: datetime | None
    created_at: datetime

    def url(self, keys: KeyRing) -> str:
        """Raises Undecryptable."""
        return keys.decrypt_text(self.sealed_url, url_context(self.endpoint_id))

    def secret(self, keys: KeyRing) -> str | None:
        """Raises Undecryptable."""
        if self.sealed_secret is None:
            return None
        return keys.decrypt_text(self.sealed_secret, secret_context(self.endpoint_id))


def list_endpoints(session: Session) -> Sequence[Endpoint]:
    """All, by name."""
    return [_endpoint(row) for row in session.scalars(_all().order_by(EndpointRow.name))]


def find_endpoints(session: Session, ids: Collection[UUID]) -> dict[UUID, Endpoint]:
    """Those that there are."""
    rows = session.scalars(_all().where(EndpointRow.endpoint_id.in_(ids)))
    return {row.endpoint_id: _endpoint(row) for row in rows}


def lock_endpoint(session: Session, endpoint_id: UUID) -> Endpoint | None:
    """To be changed in this transaction."""
    found = _all().where(EndpointRow.endpoint_id == endpoint_id).with_for_update()
    row = session.scalar(found)
    return row and _endpoint(row)


def has_name(session: Session, name: str, except_id: UUID) -> bool:
    """Whether another one is called so."""
    taken = _all().where(EndpointRow.name == name, EndpointRow.endpoint_id != except_id)
    return session.scalar(taken) is not None


def count_endpoints(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EndpointRow)) or 0


def add_endpoint(session: Session, endpoint_id: UUID, values: dict[str, Any]) -> None:
    session.add(EndpointRow(endpoint_id=endpoint_id, version=1, **values))
    session.flush()


def change_endpoint(session: Session, endpoint_id: UUID, values: dict[str, Any]) -> None:
    """Raises its version."""
    changed = {**values, "version": EndpointRow.version + 1}
    _update(session, endpoint_id, changed)


def note_sent(session: Session, endpoint_id: UUID, now: datetime, error: str | None) -> None:
    """How the last message fared."""
    fared = {"last_error": error} if error else {"last_error": None, "last_sent_at": now}
    _update(session, endpoint_id, fared)


def delete_endpoint(session: Session, endpoint_id: UUID) -> None:
    session.execute(delete(EndpointRow).where(EndpointRow.endpoint_id == endpoint_id))


def url_context(endpoint_id: UUID) -> str:
    """What a sealed address is bound to."""
    return field_context("endpoints", "url", endpoint_id)


def secret_context(endpoint_id: UUID) -> str:
    """What a sealed secret is bound to."""
    return field_context("endpoints", "secret", endpoint_id)


def _all() -> Any:
    return select(EndpointRow).execution_options(populate_existing=True)


def _update(session: Session, endpoint_id: UUID, values: dict[str, Any]) -> None:
    statement = update(EndpointRow).where(EndpointRow.endpoint_id == endpoint_id).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def _endpoint(row: EndpointRow) -> Endpoint:
    return Endpoint(
        row.endpoint_id,
        row.name,
        EndpointKind(row.kind),
        row.url_encrypted,
        row.secret_encrypted,
        row.is_active,
        row.version,
        row.last_error,
        row.last_sent_at,
        row.created_at,
    )
