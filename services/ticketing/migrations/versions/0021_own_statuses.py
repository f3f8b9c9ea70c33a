"""A company's own statuses: each stands on a shipped one, which old consumers go on reading.

Revision ID: ticketing_0021
"""

from alembic import op

revision = "ticketing_0021"
down_revision = "ticketing_0020"

STATUSES = """
ALTER TABLE statuses
    ADD COLUMN base text,
    ADD COLUMN color text,
    ADD COLUMN is_archived boolean NOT NULL DEFAULT false,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE statuses SET base = key;
ALTER TABLE statuses
    ALTER COLUMN base SET NOT NULL,
    ADD CONSTRAINT ck_statuses_own CHECK ((base <> key) = (key LIKE 'own\\_%')),
    ADD CONSTRAINT uq_statuses_key_base UNIQUE (key, base);
"""
# No ticket has one whose meaning differs from that of the status beneath it.
TICKETS = """
ALTER TABLE tickets ADD COLUMN own_status text;
ALTER TABLE tickets ADD CONSTRAINT fk_tickets_own_status
    FOREIGN KEY (own_status, status) REFERENCES statuses (key, base) NOT VALID;
ALTER TABLE tickets VALIDATE CONSTRAINT fk_tickets_own_status;
CREATE INDEX ix_tickets_own_status ON tickets (own_status, updated_at DESC)
    WHERE own_status IS NOT NULL;
"""
# A release that knows none of it moves the status alone; the own one must not stay behind.
FOLLOWING = """
CREATE FUNCTION forget_own_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.own_status := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_own_status BEFORE UPDATE OF status ON tickets FOR EACH ROW
    WHEN (OLD.own_status IS NOT NULL AND NEW.own_status = OLD.own_status
          AND NEW.status <> OLD.status)
    EXECUTE FUNCTION forget_own_status();
"""


def upgrade() -> None:
    op.execute(STATUSES)
    op.execute(TICKETS)
    op.execute(FOLLOWING)
