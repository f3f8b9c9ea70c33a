"""Whoever works on tickets reads their templates; those who lead write them."""

from alembic import op

revision = "0013"
down_revision = "0012"

# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(),
    permissions = permissions || '{{{gained}}}'::text[]
WHERE {who} AND NOT permissions @> '{{{gained}}}'::text[]
"""


def upgrade() -> None:
    """Roles of one's own that read tickets read their forms; writing is theirs to say."""
    readers = "permissions && '{ticket.read, ticket.create}'::text[]"
    op.execute(_GRANT.format(gained="template.read", who=readers))
    writers = "is_shipped AND key IN ('supervisor', 'administrator')"
    op.execute(_GRANT.format(gained="template.manage", who=writers))
    others = "is_shipped AND key IN ('supervisor', 'administrator', 'auditor')"
    op.execute(_GRANT.format(gained="template.read", who=others))
    op.execute("""
        UPDATE api_keys SET permissions = permissions || '{template.read}'::text[]
        WHERE permissions && '{ticket.read, ticket.create}'::text[]
    """)
