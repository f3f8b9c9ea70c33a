"""API keys and the counters of rate limits."""

from alembic import op

revision = "0005"
down_revision = "0004"

_KEYS = """
CREATE TABLE api_keys (
    api_key_id uuid CONSTRAINT pk_api_keys PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT fk_api_keys_role_roles REFERENCES roles (key),
    permissions text[],
    token_hash bytea NOT NULL CONSTRAINT uq_api_keys_token_hash UNIQUE,
    hint text NOT NULL,
    allowed_networks cidr[] NOT NULL DEFAULT '{}',
    rate_per_minute integer CONSTRAINT ck_api_keys_rate CHECK (rate_per_minute > 0),
    created_by uuid NOT NULL CONSTRAINT fk_api_keys_created_by_people REFERENCES people (person_id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    last_used_from text,
    revoked_at timestamptz
);
CREATE INDEX ix_api_keys_role ON api_keys (role);
"""

# Unlogged: counting a request must not wait for the disk; after a crash all begin anew.
_LIMITS = """
CREATE UNLOGGED TABLE rate_counters (
    key text NOT NULL,
    window_at timestamptz NOT NULL,
    hits integer NOT NULL,
    CONSTRAINT pk_rate_counters PRIMARY KEY (key, window_at)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX ix_rate_counters_window_at ON rate_counters (window_at);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(_KEYS)
    op.execute(_LIMITS)
