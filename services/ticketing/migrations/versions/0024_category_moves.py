"""Categories that were moved: their tickets tell their new path, some at a time.

Revision ID: ticketing_0024
"""

from alembic import op

revision = "ticketing_0024"
down_revision = "ticketing_0023"

# `told_to`: the last ticket that has told it; tickets are told of in the order of their ids.
MOVES = """
CREATE TABLE category_moves (
    move_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category_id uuid NOT NULL,
    told_to uuid,
    created_at timestamptz NOT NULL DEFAULT now()
);
"""


def upgrade() -> None:
    op.execute(MOVES)
