"""Texts may be sealed; results of commands and failed events are.

Revision ID: ticketing_0003
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids
from libs.common.database.platform_tables import seal_platform_tables

revision = "ticketing_0003"
down_revision = "ticketing_0002"

# By `kind`, of which there are three: a B-tree stores each once, and a row takes seven bytes.
PLAIN = """
CREATE INDEX ix_timeline_entries_plain ON timeline_entries (kind)
    WHERE sealed IS NULL AND (text IS NOT NULL OR html IS NOT NULL
        OR (event ->> 'note') IS NOT NULL OR (event ->> 'reason') IS NOT NULL);
"""


def upgrade() -> None:
    op.execute("ALTER TABLE timeline_entries ADD COLUMN sealed bytea")
    op.execute("ALTER TABLE tickets ADD COLUMN sealed_solution bytea")
    op.execute(PLAIN)
    index_key_ids(op, "timeline_entries", "sealed")
    index_key_ids(op, "tickets", "sealed_solution")
    seal_platform_tables(op)
