"""People are told of collaborations that concern them."""

from uuid import UUID

from alembic import op
from sqlalchemy import text

revision = "0012"
down_revision = "0011"

_RULE_ID = UUID("0f6c3f52-6a0e-5d6b-8a51-54b0f4a2c612")


def upgrade() -> None:
    """The shipped rule stands last: the order of those there are is their administrators'."""
    add = text(
        "INSERT INTO rules (rule_id, position, name, occasion, audience, channels, is_shipped) "
        "SELECT :rule_id, coalesce(max(position), 0) + 1, '站内：协作', "
        "'collaboration', 'staff', ARRAY['in_app'], true FROM rules"
    )
    op.get_bind().execute(add, {"rule_id": _RULE_ID})
    op.execute("UPDATE rule_book SET revision = revision + 1")
