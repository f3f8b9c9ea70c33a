"""Administrators manage the statuses of tickets."""

from alembic import op

revision = "0028"
down_revision = "0027"

# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(),
    permissions = permissions || '{status.manage}'::text[]
WHERE key = 'administrator' AND is_shipped AND NOT permissions @> '{status.manage}'::text[]
"""


def upgrade() -> None:
    """Grant beside what the role holds now."""
    op.execute(_GRANT)
