"""The index of what tickets say, which tickets it has to catch up with, and how far it got.

Revision ID: ticketing_0014
"""

from alembic import op

revision = "ticketing_0014"
down_revision = "ticketing_0013"

# No reference to tickets: what is in here is only ever found together with its ticket.
# A short list of what is pending: every search reads it to the end.
SEARCH = """
CREATE TABLE ticket_search (
    ticket_id uuid PRIMARY KEY,
    words tsvector NOT NULL
);
CREATE INDEX ix_ticket_search_words ON ticket_search USING gin (words)
    WITH (gin_pending_list_limit = 1024);
"""

# Appended by every change, so that no command waits for whoever cuts texts just now: a ticket may
# stand in it several times. What people have changed (0) goes before what is only cut anew (1);
# what could not be cut (9) is left to operators.
DUE = """
CREATE TABLE ticket_search_due (
    priority smallint NOT NULL DEFAULT 0,
    due_id bigint GENERATED ALWAYS AS IDENTITY,
    ticket_id uuid NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (priority, due_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""

# One row. It names no edition of the dictionary yet, so the first process that looks starts.
RUN = """
CREATE TABLE ticket_search_run (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    edition text NOT NULL,
    before_id uuid,
    queued bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    finished_at timestamptz
);
INSERT INTO ticket_search_run (edition, started_at, finished_at) VALUES ('', now(), now());
"""


def upgrade() -> None:
    """A release that knows none of it goes on; what it writes meanwhile is found after a re-index.

    The first start of this one's jobs begins with cutting all tickets.
    """
    op.execute(SEARCH)
    op.execute(DUE)
    op.execute(RUN)
