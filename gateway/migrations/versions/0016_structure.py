"""What the shipped roles may do with links, families, merges, splits and problem records."""

from alembic import op

revision = "0016"
down_revision = "0015"

_WORKS = "ticket.link, ticket.attach, ticket.merge, ticket.unmerge, ticket.split, problem.read"
_GAINED = {
    "agent": _WORKS,
    "supervisor": f"{_WORKS}, problem.manage, problem.answer",
    "technician": _WORKS,
    "administrative": _WORKS,
    "field_engineer": "ticket.link, problem.read",
    "administrator": "problem.read, problem.manage",
    "auditor": "problem.read",
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
