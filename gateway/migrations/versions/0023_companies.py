"""What the shipped roles may do: companies of customers, and other systems' records."""

from alembic import op

revision = "0023"
down_revision = "0022"

_GAINED = {
    "agent": "company.manage",
    "supervisor": "company.manage, external_record.manage",
    "technician": "company.manage",
    "administrative": "company.manage",
    "administrator": "company.manage, external_record.manage",
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
