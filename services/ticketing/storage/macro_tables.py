"""The tables of canned replies and macros: things that people keep for themselves or share."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.storage.tables import metadata


def _owned() -> tuple[Column[object], ...]:
    columns: tuple[Column[object], ...] = (
        Column("visibility", Text),
        Column("owner_id", Uuid),
        Column("group_id", Uuid, nullable=True),
        Column("usage_count", BigInteger),
        Column("last_used_at", DateTime(timezone=True), nullable=True),
        Column("version", Integer),
        Column("created_at", DateTime(timezone=True)),
        Column("updated_at", DateTime(timezone=True)),
    )
    return columns


canned_replies = Table(
    "canned_replies",
    metadata,
    Column("reply_id", Uuid, primary_key=True),
    Column("name", Text),
    Column("body", Text),
    Column("folder", Text),
    Column("shortcut", Text, nullable=True),
    Column("language", Text),
    *_owned(),
)

macros = Table(
    "macros",
    metadata,
    Column("macro_id", Uuid, primary_key=True),
    Column("name", Text),
    Column("description", Text, nullable=True),
    Column("actions", JSONB),
    Column("language", Text),
    Column("is_active", Boolean),
    *_owned(),
)
