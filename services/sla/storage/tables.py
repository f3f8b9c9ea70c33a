"""The tables that queries select from, as SQLAlchemy sees them; the migrations make them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _id(name: str, *, primary_key: bool = False) -> Column[UUID]:
    return Column(name, Uuid, primary_key=primary_key)


def _instant(name: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True))


tickets = Table(
    "tickets",
    metadata,
    _id("ticket_id", primary_key=True),
    Column("number", Text),
    Column("seq", Integer),
    Column("subject", Text),
    Column("kind", Text),
    Column("urgency", Text),
    Column("status", Text),
    Column("status_category", Text),
    _id("customer_id"),
    _id("assignee_id"),
    _id("group_id"),
    _id("department_id"),
    _id("region_id"),
    _instant("created_at"),
    _instant("facts_from"),
    Column("header", JSONB),
    Column("revision", Integer),
    Column("book_revision", BigInteger),
    _instant("next_due_at"),
    Column("is_overdue", Boolean),
    _instant("next_step_at"),
)
