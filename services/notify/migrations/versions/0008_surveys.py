"""Surveys, and the one row of their settings."""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "0008"
down_revision = "0007"

# The scope's columns follow the ticket, so that whoever sees it now sees what its customer said.
_TABLES = """
CREATE TABLE surveys (
    survey_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    number text NOT NULL,
    solved_seq integer NOT NULL,
    customer_id uuid NOT NULL,
    contact_id uuid,
    kind text NOT NULL,
    agent_id uuid,
    assignee_id uuid,
    group_id uuid,
    department_id uuid,
    region_id uuid,
    scope_seq integer NOT NULL,
    status text NOT NULL CHECK
        (status IN ('waiting', 'sent', 'answered', 'expired', 'superseded', 'cancelled')),
    channel text,
    language text NOT NULL DEFAULT '',
    code text NOT NULL UNIQUE,
    header_encrypted bytea,
    created_at timestamptz NOT NULL,
    send_at timestamptz NOT NULL,
    ordered_at timestamptz,
    next_look_at timestamptz,
    sent_at timestamptz,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    score smallint CHECK (score BETWEEN 1 AND 5),
    nps smallint CHECK (nps BETWEEN 0 AND 10),
    is_satisfied boolean,
    tags text[] NOT NULL DEFAULT '{}',
    comment_encrypted bytea,
    UNIQUE (ticket_id, solved_seq)
);
CREATE INDEX ix_surveys_due ON surveys (send_at) WHERE status = 'waiting' AND ordered_at IS NULL;
CREATE INDEX ix_surveys_next_look_at ON surveys (next_look_at)
    WHERE status = 'waiting' AND next_look_at IS NOT NULL;
CREATE INDEX ix_surveys_expires_at ON surveys (expires_at) WHERE status IN ('waiting', 'sent');
CREATE INDEX ix_surveys_number ON surveys (number);
CREATE INDEX ix_surveys_created ON surveys (created_at, survey_id);
CREATE INDEX ix_surveys_answered ON surveys (answered_at, survey_id) WHERE status = 'answered';
CREATE INDEX ix_surveys_assignee ON surveys (assignee_id, answered_at, survey_id)
    WHERE status = 'answered';
CREATE INDEX ix_surveys_group ON surveys (group_id, answered_at, survey_id)
    WHERE status = 'answered';
CREATE INDEX ix_surveys_department ON surveys (department_id, answered_at, survey_id)
    WHERE status = 'answered';
CREATE INDEX ix_surveys_region ON surveys (region_id, answered_at, survey_id)
    WHERE status = 'answered';

-- What is not set is as the release ships it.
CREATE TABLE survey_settings (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    changes jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO survey_settings DEFAULT VALUES;
"""


def upgrade() -> None:
    """Tickets that were solved before are not asked about."""
    op.execute(_TABLES)
    index_key_ids(op, "surveys", "header_encrypted")
    index_key_ids(op, "surveys", "comment_encrypted")
