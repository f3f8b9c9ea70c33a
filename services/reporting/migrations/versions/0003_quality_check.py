"""Results of quality checks: acts with points, and their sums.

Revision ID: reporting_0003
"""

from alembic import op

revision = "reporting_0003"
down_revision = "reporting_0002"

# Of a rebuild that is under way, too: its tables take the place of the others.
_ACTS = """
ALTER TABLE IF EXISTS {schema}.acts
    ADD COLUMN points smallint,
    ADD COLUMN is_passed boolean NOT NULL DEFAULT false
"""
_CELLS = """
ALTER TABLE IF EXISTS {schema}.cells
    ADD COLUMN checked bigint NOT NULL DEFAULT 0,
    ADD COLUMN check_points bigint NOT NULL DEFAULT 0,
    ADD COLUMN check_passed bigint NOT NULL DEFAULT 0
"""


def upgrade() -> None:
    """A release that knows none of it goes on: what it writes was no quality check."""
    for schema in ("public", "shadow"):
        op.execute(_ACTS.format(schema=schema))
        op.execute(_CELLS.format(schema=schema))
