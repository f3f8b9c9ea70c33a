"""Confidential tickets keep no words of urgency beside their sealed timeline.

Revision ID: ticketing_0027
"""

from alembic import op

revision = "ticketing_0027"
down_revision = "ticketing_0025"

# The timeline has the reason, sealed; the hint's words are the customer's.
DROP_WORDS = """
UPDATE tickets SET urgency_reason = NULL,
    urgency_proposal = jsonb_set(urgency_proposal, '{words}', '[]'::jsonb, false)
WHERE is_confidential AND (urgency_reason IS NOT NULL OR urgency_proposal IS NOT NULL);
"""


def upgrade() -> None:
    op.execute(DROP_WORDS)
