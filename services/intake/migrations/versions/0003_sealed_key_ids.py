"""Rotation finds what older keys have sealed; results of commands and failed events are sealed."""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids
from libs.common.database.platform_tables import seal_platform_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    index_key_ids(op, "contacts", "value_encrypted")
    index_key_ids(op, "raw_messages", "body")
    seal_platform_tables(op)
