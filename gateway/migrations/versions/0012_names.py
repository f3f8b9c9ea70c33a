"""Readers of rules and figures read the names of statuses; writers of notes may name people."""

from alembic import op

revision = "0012"
down_revision = "0011"

# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(),
    permissions = permissions || '{{{gained}}}'::text[]
WHERE {who} AND NOT permissions @> '{{{gained}}}'::text[]
"""
_NAME_STATUSES = "{ticket.read, dispatch.read, sla.read, notification.read, report.read}"


def upgrade() -> None:
    """Roles of one's own get what they could do before; who may mention whom is theirs to say."""
    readers = f"permissions && '{_NAME_STATUSES}'::text[]"
    op.execute(_GRANT.format(gained="status.read", who=readers))
    writers = "is_shipped AND permissions @> '{ticket.note}'::text[]"
    op.execute(_GRANT.format(gained="people.list", who=writers))
    # A key that was narrowed to reading tickets has read their statuses, too.
    op.execute("""
        UPDATE api_keys SET permissions = permissions || '{status.read}'::text[]
        WHERE permissions @> '{ticket.read}'::text[]
    """)
