"""The tables of views, triggers and automations; the migrations make them."""

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.storage.tables import metadata

views = Table(
    "views",
    metadata,
    Column("view_id", Uuid, primary_key=True),
    Column("name", Text),
    Column("name_en", Text),
    Column("visibility", Text),
    Column("owner_id", Uuid),
    Column("group_id", Uuid),
    Column("condition", JSONB),
    Column("sort", Text),
    Column("columns", ARRAY(Text)),
    Column("version", Integer),
    Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
)

view_orders = Table(
    "view_orders",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("view_ids", ARRAY(Uuid)),
)

ticket_workers = Table(
    "ticket_workers",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("last_at", DateTime(timezone=True)),
)

rules = Table(
    "rules",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("name", Text),
    Column("is_active", Boolean),
    Column("events", ARRAY(Text)),
    Column("anchor", Text),
    Column("delay_minutes", Integer),
    Column("condition", JSONB),
    Column("actions", JSONB),
    Column("position", Integer),
    Column("version", Integer),
    Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
)

rule_runs = Table(
    "rule_runs",
    metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("rule_id", Uuid),
    Column("ticket_id", Uuid),
    Column("event_id", Uuid),
    Column("cause", Text),
    Column("chain", ARRAY(Uuid)),
    Column("done", ARRAY(Text)),
    Column("skipped", JSONB),
    Column("ran_at", DateTime(timezone=True)),
)

rule_marks = Table(
    "rule_marks",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("anchor_at", DateTime(timezone=True)),
    Column("ran_at", DateTime(timezone=True)),
)
