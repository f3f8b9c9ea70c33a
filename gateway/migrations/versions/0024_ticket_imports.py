"""Imports of tickets: the rows of a file, each with what has become of it."""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "0024"
down_revision = "0023"

# What a row says is people's contact data and words: it is sealed, and gone when it is done.
TABLES = """
CREATE TABLE ticket_imports (
    import_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people,
    person_name text NOT NULL,
    name text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('draft', 'running', 'done', 'cancelled')),
    total integer NOT NULL,
    ignored_columns text[] NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX ix_ticket_imports_created ON ticket_imports (created_at, import_id);
CREATE INDEX ix_ticket_imports_running ON ticket_imports (started_at) WHERE state = 'running';

CREATE TABLE ticket_import_rows (
    import_id uuid NOT NULL REFERENCES ticket_imports ON DELETE CASCADE,
    row_number integer NOT NULL,
    state text NOT NULL CHECK (state IN ('ready', 'invalid', 'done', 'failed')),
    content_sealed bytea,
    errors jsonb NOT NULL,
    number text,
    PRIMARY KEY (import_id, row_number)
);
CREATE INDEX ix_ticket_import_rows_state ON ticket_import_rows (import_id, state, row_number);
"""
# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(),
    permissions = permissions || '{ticket.import}'::text[]
WHERE key IN ('supervisor', 'administrator') AND is_shipped
    AND NOT permissions @> '{ticket.import}'::text[]
"""


def upgrade() -> None:
    """Two tables, and who may use them."""
    op.execute(TABLES)
    index_key_ids(op, "ticket_import_rows", "content_sealed")
    op.execute(_GRANT)
