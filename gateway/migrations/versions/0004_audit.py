"""The operation log, its seals, and alerts.

Writers insert into the tail; one sealer moves rows on into the entries, which nobody may change.
"""

from alembic import op

from libs.common.database.partitions import create_partitioned

revision = "0004"
down_revision = "0003"

_FIELDS = """
    entry_id uuid NOT NULL,
    action_id uuid NOT NULL,
    phase text NOT NULL,
    occurred_at timestamptz NOT NULL,
    action text NOT NULL,
    permission text,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_login text,
    actor_name text,
    role text,
    credential_id uuid,
    address text,
    user_agent text,
    object_kind text,
    object_id text,
    status smallint,
    outcome text,
    request_id text,
    detail text
"""

_TAIL = f"""
CREATE TABLE audit_tail ({_FIELDS},
    CONSTRAINT pk_audit_tail PRIMARY KEY (entry_id),
    CONSTRAINT ck_audit_tail_phase CHECK (phase IN ('intent', 'outcome', 'fact')),
    CONSTRAINT ck_audit_tail_outcome CHECK (outcome IN ('done', 'refused', 'failed', 'unknown'))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX ix_audit_tail_occurred_at ON audit_tail (occurred_at, entry_id);
CREATE INDEX ix_audit_tail_action_id ON audit_tail (action_id);
"""

# By the instant of sealing, which never goes back: a month holds an unbroken row of positions.
_ENTRIES = f"""
CREATE TABLE audit_entries ({_FIELDS},
    position bigint NOT NULL,
    entry_hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT pk_audit_entries PRIMARY KEY (entry_id, sealed_at)
)
"""

_SEALS = """
CREATE TABLE audit_seals (
    number bigint CONSTRAINT pk_audit_seals PRIMARY KEY,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    count integer NOT NULL,
    digest bytea NOT NULL,
    previous_hmac bytea NOT NULL,
    hmac bytea NOT NULL,
    key_id text NOT NULL,
    sealed_at timestamptz NOT NULL
);
CREATE INDEX ix_audit_seals_sealed_at ON audit_seals (sealed_at);

-- Whose names the log holds, for searching; not part of what is sealed.
CREATE TABLE audit_actors (
    actor_login text NOT NULL,
    actor_name text NOT NULL,
    CONSTRAINT pk_audit_actors PRIMARY KEY (actor_login, actor_name)
);
-- Up to where actions without an outcome have been given the outcome "unknown".
CREATE TABLE audit_state (
    is_only boolean CONSTRAINT pk_audit_state PRIMARY KEY DEFAULT true CHECK (is_only),
    settled_until timestamptz NOT NULL
);
INSERT INTO audit_state (settled_until) VALUES (now());

CREATE TABLE audit_verifications (
    verification_id uuid CONSTRAINT pk_audit_verifications PRIMARY KEY,
    verified_at timestamptz NOT NULL,
    first_seal bigint,
    last_seal bigint,
    entries bigint NOT NULL,
    problems bigint NOT NULL
);
CREATE INDEX ix_audit_verifications_verified_at ON audit_verifications (verified_at);
"""

_SEARCH = """
CREATE INDEX ix_audit_entries_position ON audit_entries (position);
CREATE INDEX ix_audit_entries_occurred_at ON audit_entries (occurred_at, entry_id);
CREATE INDEX ix_audit_entries_actor_id ON audit_entries (actor_id, occurred_at, entry_id);
CREATE INDEX ix_audit_entries_actor_login
    ON audit_entries (lower(actor_login), occurred_at, entry_id);
CREATE INDEX ix_audit_entries_action ON audit_entries (action, occurred_at, entry_id);
CREATE INDEX ix_audit_entries_object
    ON audit_entries (object_id, object_kind, occurred_at, entry_id) WHERE object_id IS NOT NULL;
CREATE INDEX ix_audit_entries_outcome
    ON audit_entries (outcome, occurred_at, entry_id) WHERE outcome <> 'done';
CREATE INDEX ix_audit_entries_address ON audit_entries (address, occurred_at, entry_id);
CREATE INDEX ix_audit_entries_request_id ON audit_entries (request_id);
CREATE INDEX ix_audit_entries_action_id ON audit_entries (action_id);
"""

# Triggers on rows come with each new partition; those against TRUNCATE are added by the function,
# which the hourly job calls.
_APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the operation log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON audit_tail
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_tail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION protect_audit_partitions() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    partition regclass;
    added integer := 0;
BEGIN
    FOR partition IN SELECT i.inhrelid FROM pg_inherits i
        WHERE i.inhparent = 'audit_entries'::regclass AND NOT EXISTS (
            SELECT 1 FROM pg_trigger t
            WHERE t.tgrelid = i.inhrelid AND t.tgname = 'refuse_truncate')
    LOOP
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
        added := added + 1;
    END LOOP;
    RETURN added;
END $$;
SELECT protect_audit_partitions();
"""

_ALERTS = """
CREATE TABLE alerts (
    alert_id uuid CONSTRAINT pk_alerts PRIMARY KEY,
    kind text NOT NULL,
    severity text NOT NULL,
    person_id uuid,
    address text,
    facts jsonb NOT NULL,
    unique_key text NOT NULL CONSTRAINT uq_alerts_unique_key UNIQUE,
    times integer NOT NULL,
    raised_at timestamptz NOT NULL,
    last_raised_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    acknowledged_name text,
    note text
);
CREATE INDEX ix_alerts_raised_at ON alerts (raised_at, alert_id);
CREATE INDEX ix_alerts_open ON alerts (raised_at, alert_id) WHERE acknowledged_at IS NULL;

-- The latest instants of actions of which too many are alarming.
CREATE TABLE watched_actions (
    action text NOT NULL,
    person_id uuid NOT NULL,
    instants timestamptz[] NOT NULL,
    CONSTRAINT pk_watched_actions PRIMARY KEY (action, person_id)
);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(_TAIL)
    create_partitioned(op, _ENTRIES, "sealed_at")
    for part in (_SEALS, _SEARCH, _APPEND_ONLY, _ALERTS):
        op.execute(part)
