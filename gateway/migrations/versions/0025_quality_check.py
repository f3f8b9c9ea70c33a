"""What the shipped roles may do: quality checks (质检)."""

from alembic import op

revision = "0025"
down_revision = "0024"

_ALL = "quality.own, quality.read, quality.review, quality.draw, quality.decide, quality.manage"
_GAINED = {
    "agent": "quality.own",
    "supervisor": _ALL,
    "technician": "quality.own",
    "administrative": "quality.own",
    "field_engineer": "quality.own",
    "administrator": _ALL,
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
