"""Sums of supervision and collaboration: how many, missed, kept in time.

Revision ID: reporting_0004
"""

from alembic import op

revision = "reporting_0004"
down_revision = "reporting_0003"

_MEASURES = (
    *("supervised", "supervision_missed", "signed_off", "signed_off_in_time"),
    *("asked_to_help", "help_missed", "helped", "helped_in_time"),
)
# Of a rebuild that is under way, too: its tables take the place of the others.
_CELLS = "ALTER TABLE IF EXISTS {schema}.cells {columns}"


def upgrade() -> None:
    """A release that knows none of it goes on; what was before is counted by a rebuild."""
    columns = ", ".join(f"ADD COLUMN {one} bigint NOT NULL DEFAULT 0" for one in _MEASURES)
    for schema in ("public", "shadow"):
        op.execute(_CELLS.format(schema=schema, columns=columns))
