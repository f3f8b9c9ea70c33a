"""Customers' sessions in the portal, and the codes by which they open."""

from alembic import op

revision = "0006"
down_revision = "0005"

_TABLES = """
CREATE TABLE portal_challenges (
    challenge_hash bytea CONSTRAINT pk_portal_challenges PRIMARY KEY,
    contact_index bytea NOT NULL,
    code_hash bytea NOT NULL,
    customer_id uuid,
    contact_id uuid,
    name text,
    language text NOT NULL,
    number text,
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_portal_challenges_contact ON portal_challenges (contact_index, created_at);
CREATE INDEX ix_portal_challenges_expires_at ON portal_challenges (expires_at);

CREATE TABLE portal_assertions (
    assertion_id text CONSTRAINT pk_portal_assertions PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_portal_assertions_expires_at ON portal_assertions (expires_at);

CREATE TABLE portal_sessions (
    portal_session_id uuid CONSTRAINT pk_portal_sessions PRIMARY KEY,
    token_hash bytea NOT NULL CONSTRAINT uq_portal_sessions_token_hash UNIQUE,
    kind text NOT NULL CONSTRAINT ck_portal_sessions_kind CHECK (kind IN ('cookie', 'bearer')),
    customer_id uuid NOT NULL,
    contact_id uuid,
    name text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    address text
);
CREATE INDEX ix_portal_sessions_customer_id ON portal_sessions (customer_id);
CREATE INDEX ix_portal_sessions_expires_at ON portal_sessions (expires_at);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(_TABLES)
