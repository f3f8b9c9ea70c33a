"""Confidential tickets keep no words of urgency; drafts say what is open to requesters.

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

# A draft from before templates could be opened would close to requesters, when it is published,
# what the running version opens to them. Of what that hides stays what the draft still has.
OPEN_DRAFTS = """
UPDATE ticket_templates t SET draft = draft || jsonb_build_object('requesters',
    jsonb_build_object('hidden', coalesce((
        SELECT jsonb_agg(hidden.key)
        FROM jsonb_array_elements_text(v.content #> '{requesters,hidden}') AS hidden (key)
        WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(t.draft -> 'fields') AS field
            WHERE field ->> 'key' = hidden.key)
    ), '[]'::jsonb)))
FROM ticket_template_versions v
WHERE v.template_id = t.template_id AND v.version = t.published_version
    AND t.draft IS NOT NULL AND NOT t.draft ? 'requesters'
    AND jsonb_typeof(v.content -> 'requesters') = 'object';
"""


def upgrade() -> None:
    op.execute(DROP_WORDS)
    op.execute(OPEN_DRAFTS)
