"""Confidential tickets: sealed fields, and checks of who the customer is.

Revision ID: ticketing_0019
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "ticketing_0019"
down_revision = "ticketing_0018"

TICKETS = """
ALTER TABLE tickets
    ADD COLUMN sealed_fields bytea,
    ADD COLUMN needs_identity_check boolean NOT NULL DEFAULT false,
    ADD COLUMN identity_valid_until timestamptz;
"""

CHECKS = """
CREATE TABLE identity_checks (
    check_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    method text NOT NULL
        CHECK (method IN ('document', 'call_back', 'known_answer', 'account', 'in_person')),
    result text NOT NULL CHECK (result IN ('passed', 'failed')),
    person_id uuid,
    person_name text NOT NULL,
    checked_at timestamptz NOT NULL,
    valid_until timestamptz,
    words jsonb,
    sealed bytea
);
CREATE INDEX ix_identity_checks_ticket ON identity_checks (ticket_id, checked_at DESC);
CREATE INDEX ix_identity_checks_plain ON identity_checks ((true)) WHERE sealed IS NULL;
"""


def upgrade() -> None:
    """A release that knows none of it goes on: no template is confidential yet."""
    op.execute(TICKETS)
    op.execute(CHECKS)
    index_key_ids(op, "tickets", "sealed_fields")
    index_key_ids(op, "identity_checks", "sealed")
