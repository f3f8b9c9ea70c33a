"""The tables of problem records and of the answers to all their tickets."""

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.storage.tables import metadata

problems = Table(
    "problems",
    metadata,
    Column("problem_id", Uuid, primary_key=True),
    Column("number", Text),
    Column("title", Text),
    Column("description", Text),
    Column("status", Text),
    Column("workaround", Text),
    Column("solution", Text),
    Column("owner_id", Uuid),
    Column("owner_name", Text),
    Column("group_id", Uuid),
    Column("group_name", Text),
    Column("version", Integer),
    Column("created_at", DateTime(timezone=True)),
    Column("created_by", Uuid),
    Column("created_by_name", Text),
    Column("updated_at", DateTime(timezone=True)),
    Column("solved_at", DateTime(timezone=True)),
)

problem_answers = Table(
    "problem_answers",
    metadata,
    Column("answer_id", Uuid, primary_key=True),
    Column("problem_id", Uuid),
    Column("text", Text),
    Column("sealed", LargeBinary),
    Column("solves", Boolean),
    Column("status", Text),
    Column("total", Integer),
    Column("actor", JSONB),
    Column("created_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
)

problem_answer_items = Table(
    "problem_answer_items",
    metadata,
    Column("answer_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("status", Text),
    Column("code", Text),
    Column("settled_at", DateTime(timezone=True)),
)
