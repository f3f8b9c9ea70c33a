"""People, sessions, failed logins."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the gateway's first tables."""
    op.execute(
        """
        CREATE TABLE people (
            person_id uuid CONSTRAINT pk_people PRIMARY KEY,
            login text NOT NULL,
            name text NOT NULL,
            password_hash text NOT NULL,
            role text NOT NULL,
            language text NOT NULL DEFAULT 'zh',
            is_active boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE UNIQUE INDEX uq_people_login ON people (lower(login));

        CREATE TABLE sessions (
            session_id uuid CONSTRAINT pk_sessions PRIMARY KEY,
            token_hash bytea NOT NULL CONSTRAINT uq_sessions_token_hash UNIQUE,
            person_id uuid NOT NULL
                CONSTRAINT fk_sessions_person_id_people REFERENCES people (person_id),
            kind text NOT NULL CONSTRAINT ck_sessions_kind CHECK (kind IN ('cookie', 'bearer')),
            name text,
            created_at timestamptz NOT NULL,
            last_used_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz,
            address text,
            user_agent text
        );
        CREATE INDEX ix_sessions_person_id ON sessions (person_id);

        CREATE TABLE login_failures (
            key text CONSTRAINT pk_login_failures PRIMARY KEY,
            count integer NOT NULL,
            window_started_at timestamptz NOT NULL
        );
        CREATE INDEX ix_login_failures_window_started_at ON login_failures (window_started_at);
        """
    )
