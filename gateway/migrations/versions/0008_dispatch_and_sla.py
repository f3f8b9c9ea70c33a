"""What the shipped roles may do with dispatch and sla, and whose turn it is to reconcile them."""

from alembic import op

revision = "0008"
down_revision = "0007"

_WORKERS = "presence.own, ticket.return"
_READS = "dispatch.read, sla.read"
_KEEPS = f"board.read, {_READS}, dispatch.manage, sla.manage"
_GAINED = {
    "agent": _WORKERS,
    "supervisor": f"{_WORKERS}, {_KEEPS}",
    "technician": _WORKERS,
    "administrative": _WORKERS,
    "field_engineer": _WORKERS,
    "administrator": _KEEPS,
    "auditor": _READS,
}
# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(), permissions =
    ARRAY(SELECT DISTINCT unnest(permissions || '{{{gained}}}'::text[]))
WHERE key = '{key}' AND is_shipped;
"""

# Replicas take turns; `due_at` is when the next one may.
_RECONCILING = """
CREATE TABLE reconciling (
    is_only boolean CONSTRAINT pk_reconciling PRIMARY KEY DEFAULT true CHECK (is_only),
    due_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO reconciling DEFAULT VALUES;
"""


def upgrade() -> None:
    """Grant beside what the roles hold now; add the turn."""
    op.execute(_RECONCILING)
    for key, gained in _GAINED.items():
        op.execute(_GRANT.format(key=key, gained=gained))
