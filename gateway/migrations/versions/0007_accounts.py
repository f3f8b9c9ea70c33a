"""Indexes of the list of accounts, and of what rotation of keys finds staff's addresses by."""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "0007"
down_revision = "0006"

# The first three hold the list's orders; the login's unique index cannot end with the id.
_INDEXES = """
CREATE INDEX ix_people_login_order ON people (lower(login), person_id);
CREATE INDEX ix_people_name_order ON people (name, person_id);
CREATE INDEX ix_people_created_order ON people (created_at, person_id);
CREATE INDEX ix_people_region_id ON people (region_id);
CREATE INDEX ix_groups_department_id ON groups (department_id);
CREATE INDEX ix_groups_region_id ON groups (region_id);
"""


def upgrade() -> None:
    """Add them; people are few, and nobody waits long."""
    op.execute(_INDEXES)
    index_key_ids(op, "people", "email_sealed")
    index_key_ids(op, "people", "phone_sealed")
