"""Who of the shipped roles reads confidential tickets, and checks who their customers are."""

from alembic import op

revision = "0026"
down_revision = "0025"

_GAINED = "ticket.read_confidential, ticket.check_identity"
# Processes read a role anew when its version has changed.
_GRANT = f"""
UPDATE roles SET version = version + 1, updated_at = now(), permissions =
    ARRAY(SELECT DISTINCT unnest(permissions || '{{{_GAINED}}}'::text[]))
WHERE key IN ('agent', 'supervisor', 'administrator') AND is_shipped;
"""


def upgrade() -> None:
    """Grant beside what the roles hold now."""
    op.execute(_GRANT)
