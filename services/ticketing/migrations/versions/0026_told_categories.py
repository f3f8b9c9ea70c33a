"""Which version of a category others have been told of.

Revision ID: ticketing_0026
"""

from alembic import op

revision = "ticketing_0026"
down_revision = "ticketing_0025"


def upgrade() -> None:
    """Of those that are there already none has been told: the jobs tell them."""
    op.execute("ALTER TABLE ticket_categories ADD COLUMN told_version integer NOT NULL DEFAULT 0")
