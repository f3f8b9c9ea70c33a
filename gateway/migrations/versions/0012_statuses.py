"""Whoever reads rules or figures reads what statuses are called."""

from alembic import op

revision = "0012"
down_revision = "0011"

_NAME_STATUSES = "{ticket.read, dispatch.read, sla.read, notification.read, report.read}"


def upgrade() -> None:
    """Processes read a role anew when its version has changed."""
    op.execute(f"""
        UPDATE roles SET version = version + 1, updated_at = now(),
            permissions = permissions || '{{status.read}}'::text[]
        WHERE permissions && '{_NAME_STATUSES}'::text[]
            AND NOT permissions @> '{{status.read}}'::text[]
    """)
