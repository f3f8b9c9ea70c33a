"""Several keys for an account, customers who are employees, lists of settled receipts."""

from alembic import op

revision = "0002"
down_revision = "0001"

# Text, not cidr: the driver reads arrays of it, and the application checks what it writes.
_KEYS = """
CREATE TABLE account_keys (
    key_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES channel_accounts,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    allowed_networks text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    created_by uuid,
    created_by_name text,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    UNIQUE (account_id, key_hash)
);
CREATE INDEX ix_account_keys_in_use ON account_keys (key_hash) WHERE revoked_at IS NULL;
"""

# The column channel_accounts.key_hash stays for the release that still reads it.
_MOVE_KEYS = """
INSERT INTO account_keys (key_id, account_id, name, key_hash, created_at)
SELECT gen_random_uuid(), account_id, '初始密钥', key_hash, created_at FROM channel_accounts;
"""

_ACCOUNTS = "ALTER TABLE channel_accounts ADD COLUMN version integer NOT NULL DEFAULT 1;"

_CUSTOMERS = """
ALTER TABLE customers ADD COLUMN person_id uuid UNIQUE;
ALTER TABLE contacts ADD COLUMN is_from_directory boolean NOT NULL DEFAULT false;
"""

_RECEIPTS = """
CREATE INDEX ix_receipts_filed ON receipts (received_at, receipt_id) WHERE state = 'filed';
CREATE INDEX ix_receipts_ignored ON receipts (received_at, receipt_id) WHERE state = 'ignored';
"""


def upgrade() -> None:
    for statements in (_KEYS, _MOVE_KEYS, _ACCOUNTS, _CUSTOMERS, _RECEIPTS):
        op.execute(statements)
