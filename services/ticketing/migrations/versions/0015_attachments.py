"""What a virus scanner has said of attachments, and small pictures of them.

Revision ID: ticketing_0015
"""

from alembic import op

revision = "ticketing_0015"
down_revision = "ticketing_0014"

# Both are null until somebody has looked; what was looked at leaves the indexes.
COLUMNS = """
ALTER TABLE attachments
    ADD COLUMN scan_state text CHECK (scan_state IN ('clean', 'harmful', 'unscannable')),
    ADD COLUMN threat text,
    ADD COLUMN thumbnail_state text CHECK (thumbnail_state IN ('made', 'none')),
    ADD COLUMN thumbnail_key text,
    ADD COLUMN thumbnail_bytes integer;
CREATE INDEX ix_attachments_unscanned ON attachments (created_at) WHERE scan_state IS NULL;
CREATE INDEX ix_attachments_unpictured ON attachments (created_at)
    WHERE thumbnail_state IS NULL
    AND media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp');
CREATE INDEX ix_attachments_thumbnail_key ON attachments (thumbnail_key)
    WHERE thumbnail_key IS NOT NULL;
"""


def upgrade() -> None:
    """A release that knows none of it goes on; what it stores is looked at later."""
    op.execute(COLUMNS)
