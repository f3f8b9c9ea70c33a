"""What logging in needs: password history, second factors, codes, captchas, single sign-on."""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "0003"
down_revision = "0002"

_SESSIONS = """
ALTER TABLE sessions
    ADD COLUMN method text NOT NULL DEFAULT 'password'
        CONSTRAINT ck_sessions_method CHECK (method IN ('password', 'sms', 'sso')),
    ADD COLUMN has_second_factor boolean NOT NULL DEFAULT false,
    -- Of an app's session: token and expires_at change with every refresh, this never.
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN refreshed_at timestamptz;

CREATE TABLE refresh_tokens (
    token_hash bytea CONSTRAINT pk_refresh_tokens PRIMARY KEY,
    session_id uuid NOT NULL CONSTRAINT fk_refresh_tokens_session_id_sessions
        REFERENCES sessions (session_id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    used_at timestamptz,
    successor_hash bytea
);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE INDEX ix_refresh_tokens_used_at ON refresh_tokens (used_at);

CREATE TABLE login_places (
    person_id uuid CONSTRAINT fk_login_places_person_id_people REFERENCES people,
    network cidr,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT pk_login_places PRIMARY KEY (person_id, network)
);
"""

_GUESSING = """
ALTER TABLE login_failures
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN blocked_until timestamptz;

CREATE TABLE captchas (
    captcha_id uuid CONSTRAINT pk_captchas PRIMARY KEY,
    address text NOT NULL,
    answer_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_captchas_address ON captchas (address);
CREATE INDEX ix_captchas_expires_at ON captchas (expires_at);

-- Without a person: made for somebody whom nobody knows, so that the answer tells nothing.
CREATE TABLE login_challenges (
    challenge_hash bytea CONSTRAINT pk_login_challenges PRIMARY KEY,
    purpose text NOT NULL CONSTRAINT ck_login_challenges_purpose
        CHECK (purpose IN ('second_factor', 'sms_login', 'phone')),
    person_id uuid CONSTRAINT fk_login_challenges_person_id_people REFERENCES people,
    kind text,
    method text,
    name text,
    code_hash bytea,
    phone_sealed bytea,
    attempts integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_login_challenges_expires_at ON login_challenges (expires_at);

CREATE TABLE code_requests (
    key text NOT NULL,
    requested_at timestamptz NOT NULL
);
CREATE INDEX ix_code_requests_key ON code_requests (key, requested_at);
CREATE INDEX ix_code_requests_requested_at ON code_requests (requested_at);
"""

_PROOFS = """
CREATE TABLE password_history (
    person_id uuid CONSTRAINT fk_password_history_person_id_people REFERENCES people,
    set_at timestamptz,
    password_hash text NOT NULL,
    CONSTRAINT pk_password_history PRIMARY KEY (person_id, set_at)
);

-- The secret of an authenticator app; without confirmed_at it is still being set up.
CREATE TABLE second_factors (
    person_id uuid CONSTRAINT pk_second_factors PRIMARY KEY
        CONSTRAINT fk_second_factors_person_id_people REFERENCES people,
    secret_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    person_id uuid CONSTRAINT fk_recovery_codes_person_id_people REFERENCES people,
    code_hash bytea,
    used_at timestamptz,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE sso_logins (
    state_hash bytea CONSTRAINT pk_sso_logins PRIMARY KEY,
    browser_hash bytea NOT NULL,
    next_path text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_sso_logins_expires_at ON sso_logins (expires_at);

CREATE TABLE sso_identities (
    issuer text,
    subject text,
    person_id uuid NOT NULL CONSTRAINT fk_sso_identities_person_id_people REFERENCES people,
    linked_at timestamptz NOT NULL,
    CONSTRAINT pk_sso_identities PRIMARY KEY (issuer, subject),
    CONSTRAINT uq_sso_identities_person_id UNIQUE (person_id, issuer)
);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(_SESSIONS)
    op.execute(_GUESSING)
    op.execute(_PROOFS)
    index_key_ids(op, "second_factors", "secret_sealed")
    index_key_ids(op, "login_challenges", "phone_sealed")
