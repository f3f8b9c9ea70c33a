"""What the shipped roles may do: views and triggers."""

from alembic import op

revision = "0019"
down_revision = "0018"

_KEEPS = "view.own, view.manage, trigger.read, trigger.manage"
_GAINED = {
    "agent": "view.own",
    "supervisor": _KEEPS,
    "technician": "view.own",
    "administrative": "view.own",
    "field_engineer": "view.own",
    "administrator": _KEEPS,
    "auditor": "trigger.read",
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
