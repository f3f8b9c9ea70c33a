"""What the shipped roles may do: macros and bulk."""

from alembic import op

revision = "0018"
down_revision = "0017"

_WRITES = "canned_reply.use, macro.use"
_WORKS = f"{_WRITES}, ticket.bulk"
_KEEPS = "canned_reply.use, canned_reply.manage, macro.use, macro.manage"
_GAINED = {
    "agent": _WORKS,
    "supervisor": f"{_KEEPS}, ticket.bulk",
    "technician": _WORKS,
    "administrative": _WORKS,
    "field_engineer": _WRITES,
    "administrator": _KEEPS,
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
