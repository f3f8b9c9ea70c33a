"""What the shipped roles may do with notices, surveys, knowledge, reports and operation."""

from alembic import op

revision = "0009"
down_revision = "0008"

_KNOWS = "article.read, article.use"
_WRITES = f"{_KNOWS}, article.write"
_WORKS = f"{_WRITES}, ticket.judge"
_LEADS = (
    f"{_WORKS}, article.review, article.manage, report.read, report.export, "
    "notification.read, delivery.read, survey.read"
)
_KEEPS = (
    f"{_WRITES}, article.review, article.manage, report.read, report.export, report.manage, "
    "notification.read, notification.manage, delivery.read, delivery.resend, survey.read, "
    "survey.manage, webhook.read, webhook.manage, operation.read"
)
_GAINED = {
    "agent": _WORKS,
    "supervisor": f"{_LEADS}, notification.manage, survey.manage",
    "technician": _WORKS,
    "administrative": _WORKS,
    "field_engineer": _KNOWS,
    "administrator": _KEEPS,
    "auditor": "article.read, report.read, notification.read, delivery.read, survey.read, "
    "webhook.read, operation.read",
}
# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(), permissions =
    ARRAY(SELECT DISTINCT unnest(permissions || '{{{gained}}}'::text[]))
WHERE key = '{key}' AND is_shipped;
"""


def upgrade() -> None:
    """Grant beside what the roles hold now."""
    for key, gained in _GAINED.items():
        op.execute(_GRANT.format(key=key, gained=gained))
