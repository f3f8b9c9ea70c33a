"""Who sees a ticket without having it: copied on it (抄送), or asked to help with it (协作).

Revision ID: ticketing_0017
"""

from alembic import op

revision = "ticketing_0017"
down_revision = "ticketing_0015"

# Nearly all tickets are watched by nobody: the index is as small as what it is for.
WATCHERS = """
ALTER TABLE tickets
    ADD COLUMN cc uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN collaborators uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN watchers uuid[] NOT NULL GENERATED ALWAYS AS (cc || collaborators) STORED;
CREATE INDEX ix_tickets_watchers ON tickets USING gin (watchers) WHERE cardinality(watchers) > 0;
"""


def upgrade() -> None:
    """A release that knows none of it goes on: what it inserts nobody watches."""
    op.execute(WATCHERS)
