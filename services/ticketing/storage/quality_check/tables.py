"""The tables of quality checks; the migrations make them."""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.storage.tables import metadata


def _instant(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


score_sheets = Table(
    "score_sheets",
    metadata,
    Column("sheet_id", Uuid, primary_key=True),
    Column("name", Text),
    Column("description", Text),
    Column("state", Text),
    Column("content", JSONB),
    Column("number", Integer),
    Column("version", Integer),
    _instant("created_at"),
    _instant("updated_at"),
)

score_sheet_versions = Table(
    "score_sheet_versions",
    metadata,
    Column("sheet_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", Text),
    Column("content", JSONB),
    _instant("published_at"),
    Column("published_by_name", Text),
)

quality_rules = Table(
    "quality_rules",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("name", Text),
    Column("is_active", Boolean),
    Column("event", Text),
    Column("condition", JSONB),
    Column("percent", Integer),
    Column("per_agent", Integer),
    Column("period", Text),
    Column("reviewer_kind", Text),
    Column("reviewer_id", Uuid),
    Column("sheet_id", Uuid),
    Column("version", Integer),
    _instant("created_at"),
    _instant("updated_at"),
)

quality_counts = Table(
    "quality_counts",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("agent_id", Uuid, primary_key=True),
    Column("period_start", Date, primary_key=True),
    Column("taken", Integer),
)

quality_reviews = Table(
    "quality_reviews",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("source", Text),
    Column("rule_id", Uuid),
    Column("sheet_id", Uuid),
    Column("sheet_number", Integer),
    Column("handler_id", Uuid),
    Column("handler_name", Text),
    Column("group_id", Uuid),
    Column("group_name", Text),
    Column("department_id", Uuid),
    Column("region_id", Uuid),
    Column("customer_id", Uuid),
    Column("reviewer_id", Uuid),
    Column("reviewer_name", Text),
    Column("reviewer_group_id", Uuid),
    Column("reviewer_group_name", Text),
    Column("state", Text),
    Column("points", JSONB),
    Column("entry_ids", ARRAY(Uuid)),
    Column("total", Integer),
    Column("first_total", Integer),
    Column("is_passed", Boolean),
    Column("is_fatal", Boolean),
    _instant("drawn_at"),
    _instant("scored_at"),
    _instant("appealed_at"),
    _instant("decided_at"),
    _instant("confirmed_at"),
    _instant("due_at"),
    _instant("updated_at"),
    Column("steps", JSONB),
    Column("version", Integer),
    # What people wrote, plain or sealed: never both.
    Column("words", JSONB(none_as_null=True)),
    Column("sealed", LargeBinary),
)
