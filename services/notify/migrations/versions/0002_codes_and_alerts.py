"""One-time codes; notices that are about no ticket."""

from alembic import op

revision = "0002"
down_revision = "0001"

_CODES = """
CREATE TABLE codes (
    code_id uuid PRIMARY KEY,
    channel text NOT NULL CHECK (channel IN ('sms', 'mail')),
    purpose text NOT NULL,
    language text NOT NULL,
    address_encrypted bytea NOT NULL,
    code_encrypted bytea NOT NULL,
    status text NOT NULL CHECK
        (status IN ('waiting', 'sending', 'sent', 'failed', 'expired', 'skipped', 'unknown')),
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    next_at timestamptz,
    lease_owner uuid,
    leased_until timestamptz,
    error text,
    sent_at timestamptz
);
CREATE INDEX ix_codes_due ON codes (coalesce(leased_until, next_at))
    WHERE status IN ('waiting', 'sending');
CREATE INDEX ix_codes_created_at ON codes (created_at);
"""

# A release that knows only tickets' notices goes on writing them; it lists others wrongly for the
# minutes of the update, as ticket "None".
_NOTICES = """
ALTER TABLE notices
    ALTER COLUMN ticket_id DROP NOT NULL,
    ALTER COLUMN ticket_number DROP NOT NULL,
    ADD COLUMN facts jsonb;
CREATE INDEX ix_notices_read_at ON notices (read_at) WHERE read_at IS NOT NULL;
"""


def upgrade() -> None:
    """Add both."""
    op.execute(_CODES)
    op.execute(_NOTICES)
