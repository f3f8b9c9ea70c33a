"""What the shipped roles may do together; who else looks at a ticket, and is told of it."""

from alembic import op

revision = "0017"
down_revision = "0016"

_HELPS = "collaboration.answer, ticket.log_effort"
_WORKS = f"{_HELPS}, ticket.collaborate"
_GAINED = {
    "agent": _WORKS,
    "supervisor": _WORKS,
    "technician": _WORKS,
    "administrative": _WORKS,
    "field_engineer": _HELPS,
}
# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(), permissions =
    ARRAY(SELECT DISTINCT unnest(permissions || '{{{gained}}}'::text[]))
WHERE key = '{key}' AND is_shipped;
"""
# Unlogged: signs of life, gone within a minute, must not wait for the disk.
_PRESENCES = """
CREATE UNLOGGED TABLE ticket_presences (
    number text NOT NULL,
    person_id uuid NOT NULL,
    name text NOT NULL,
    state text NOT NULL CONSTRAINT ck_ticket_presences_state
        CHECK (state IN ('viewing', 'writing')),
    seen_at timestamptz NOT NULL,
    CONSTRAINT pk_ticket_presences PRIMARY KEY (number, person_id)
) WITH (fillfactor = 70);
CREATE INDEX ix_ticket_presences_seen_at ON ticket_presences (seen_at);
"""
# The scope of a ticket is looked up by its number.
_NUMBERS = "CREATE INDEX ix_live_tickets_number ON live_tickets ((body ->> 'number'))"
_KINDS = """
ALTER TABLE live_updates DROP CONSTRAINT ck_live_updates_kind;
ALTER TABLE live_updates ADD CONSTRAINT ck_live_updates_kind
    CHECK (kind IN ('ticket', 'clock', 'offer', 'notice', 'survey', 'presence')) NOT VALID;
"""


def upgrade() -> None:
    """Grant beside what the roles hold now; tables beside those that are there."""
    for key, gained in _GAINED.items():
        op.execute(_GRANT.format(key=key, gained=gained))
    for statement in (_PRESENCES, _NUMBERS, _KINDS):
        op.execute(statement)
