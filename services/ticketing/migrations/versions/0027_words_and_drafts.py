"""Confidential tickets keep no words of urgency; drafts say what is open to requesters; statuses
say whether a company has changed what customers read of them.

Revision ID: ticketing_0027
"""

from alembic import op

revision = "ticketing_0027"
down_revision = "ticketing_0026"

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

REWORDED = """
ALTER TABLE statuses ADD COLUMN is_reworded boolean NOT NULL DEFAULT false;
UPDATE statuses SET is_reworded = true
WHERE base = key AND (key, customer_text_zh, customer_text_en) NOT IN (VALUES
('unassigned', '我们已收到您的请求,正在安排专人处理。',
 'We have your request and are finding someone for it.'),
('assigned', '您的请求已分配给专人,即将开始处理。',
 'Your request has been given to a member of our team.'),
('in_progress', '您的请求正在处理中。', 'We are working on your request.'),
('awaiting_approval', '您的请求正在内部审批。',
 'Your request is waiting for an internal approval.'),
('awaiting_customer', '我们需要您的反馈,请回复。', 'We need an answer from you.'),
('follow_up', '我们正在继续跟进您的请求。', 'We are following your request up.'),
('solved', '您的请求已解决;如仍有问题,请直接回复。',
 'Your request has been solved; just answer if it has not.'),
('closed', '您的请求已关闭。', 'Your request has been closed.'),
('archived', '您的请求已归档。', 'Your request has been archived.'));
"""


def upgrade() -> None:
    op.execute(DROP_WORDS)
    op.execute(OPEN_DRAFTS)
    op.execute(REWORDED)
