"""Keys of channel accounts as rows."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.domain.account_keys import AccountKey
from services.intake.storage.tables import AccountKeyRow, AccountRow

MAX_LISTED = 200
NOTED_AGAIN = timedelta(minutes=1)


def load_keys(connection: Connection) -> list[AccountKey]:
    """All keys that are not revoked."""
    row = AccountKeyRow
    columns = (row.key_id, row.account_id, row.key_hash, row.allowed_networks, row.expires_at)
    found = connection.execute(select(*columns).where(row.revoked_at.is_(None)))
    return [
        AccountKey(
            key_id, account_id, bytes(key_hash), tuple(map(ip_network, networks)), expires_at
        )
        for key_id, account_id, key_hash, networks, expires_at in found
    ]


def list_keys(session: Session, account_id: UUID) -> Sequence[AccountKeyRow]:
    """An account's keys, those that are revoked last, then the newest first."""
    row = AccountKeyRow
    statement = (
        select(row)
        .where(row.account_id == account_id)
        .order_by(row.revoked_at.isnot(None), row.created_at.desc(), row.key_id.desc())
        .limit(MAX_LISTED)
    )
    return session.scalars(statement).all()


def count_good_keys(session: Session, now: datetime) -> dict[UUID, int]:
    """How many keys open each account now."""
    row = AccountKeyRow
    statement = select(row.account_id, func.count()).where(*_good(now)).group_by(row.account_id)
    return {found[0]: found[1] for found in session.execute(statement)}


def find_good_keys(session: Session, account_id: UUID, now: datetime) -> Sequence[AccountKeyRow]:
    """The keys that open an account now."""
    row = AccountKeyRow
    return session.scalars(select(row).where(row.account_id == account_id, *_good(now))).all()


def _good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = AccountKeyRow
    return row.revoked_at.is_(None), or_(row.expires_at.is_(None), row.expires_at > now)


def find_key(session: Session, account_id: UUID, key_id: UUID) -> AccountKeyRow | None:
    """One key of an account."""
    row = AccountKeyRow
    wanted = select(row).where(row.account_id == account_id, row.key_id == key_id)
    return session.scalars(wanted).first()


def find_by_hash(session: Session, account_id: UUID, key_hash: bytes) -> AccountKeyRow | None:
    """An account's key by its token's hash, revoked or not."""
    row = AccountKeyRow
    wanted = select(row).where(row.account_id == account_id, row.key_hash == key_hash)
    return session.scalars(wanted).first()


def find_form_of(session: Session, key_hash: bytes) -> UUID | None:
    """The form that has or had this key."""
    row = AccountKeyRow
    statement = select(row.account_id).join(AccountRow, AccountRow.account_id == row.account_id)
    wanted = statement.where(row.key_hash == key_hash, AccountRow.channel == "web_form")
    return session.scalars(wanted).first()


def insert_key(session: Session, values: dict[str, Any]) -> None:
    """A new key."""
    session.execute(insert(AccountKeyRow).values(values))


def revoke_keys(session: Session, key_ids: Collection[UUID], now: datetime) -> None:
    """These open nothing any more (the door notices within seconds)."""
    row = AccountKeyRow
    unrevoked = row.key_id.in_(key_ids) & row.revoked_at.is_(None)
    session.execute(update(row).where(unrevoked).values(revoked_at=now))


def note_use(engine: Engine, key_id: UUID, now: datetime) -> None:
    """The key was used; written only if that was not written within the last minute."""
    row = AccountKeyRow
    is_due = or_(row.last_used_at.is_(None), row.last_used_at <= now - NOTED_AGAIN)
    statement = update(row).where(row.key_id == key_id, is_due).values(last_used_at=now)
    with engine.begin() as connection:
        connection.execute(statement)
