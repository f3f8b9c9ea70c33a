"""The texts of problem answers may be sealed, as those of the replies are that they become.

Revision ID: ticketing_0023
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "ticketing_0023"
down_revision = "ticketing_0022"

# Few rows: answers are ordered by hand, for many tickets at once.
ANSWERS = """
ALTER TABLE problem_answers
    ALTER COLUMN text DROP NOT NULL,
    ADD COLUMN sealed bytea,
    ADD CONSTRAINT ck_problem_answers_text CHECK ((text IS NULL) <> (sealed IS NULL));
CREATE INDEX ix_problem_answers_plain ON problem_answers (answer_id) WHERE sealed IS NULL;
"""


def upgrade() -> None:
    """A release that knows none of it goes on writing plainly; this one reads both forms."""
    op.execute(ANSWERS)
    index_key_ids(op, "problem_answers", "sealed")
