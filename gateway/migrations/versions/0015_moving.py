"""What the shipped roles may do with tickets beside working on them, and with their settings."""

from alembic import op

revision = "0015"
down_revision = "0013"

_GAINED = {
    "agent": "ticket.transfer, ticket.cc, ticket.urge",
    "supervisor": "ticket.cc, ticket.urge, ticket.supervise, ticket.delete, ticket.purge, "
    "ticket_setting.read",
    "technician": "ticket.transfer, ticket.cc, ticket.urge",
    "administrative": "ticket.transfer, ticket.cc, ticket.urge",
    "administrator": "ticket_setting.read, ticket_setting.manage",
    "auditor": "ticket_setting.read",
}
# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(), permissions =
    ARRAY(SELECT DISTINCT unnest(permissions || '{{{gained}}}'::text[]))
WHERE key = '{key}' AND is_shipped;
"""


def upgrade() -> None:
    """Grant beside what the roles hold now."""
    for key, gained in _GAINED.items():
        op.execute(_GRANT.format(key=key, gained=gained))
