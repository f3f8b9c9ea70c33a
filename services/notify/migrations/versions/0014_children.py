"""Whoever has a parent ticket is told when the last of its children has ended."""

from uuid import UUID, uuid5

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"

_RULE_ID = uuid5(UUID("0f3a1c57-30a1-5d0e-9b1b-6f0c5be2a9d4"), "children_finished")


def upgrade() -> None:
    """The shipped rule stands last: the order of those there are is their administrators'."""
    add = text(
        "INSERT INTO rules (rule_id, position, name, occasion, audience, channels, is_urgent, "
        "is_shipped) SELECT :rule_id, coalesce(max(position), 0) + 1, :name, 'children_finished', "
        "'staff', ARRAY['in_app'], false, true FROM rules"
    )
    op.get_bind().execute(add, {"rule_id": _RULE_ID, "name": "站内：子工单已全部结束"})
    op.execute("UPDATE rule_book SET revision = revision + 1")
