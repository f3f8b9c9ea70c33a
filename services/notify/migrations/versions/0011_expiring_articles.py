"""Authors are told of articles that expire soon."""

from uuid import UUID

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"

_RULE_ID = UUID("5d1f4c0e-8a8b-5a55-9a3b-3a9f5c0d7b11")


def upgrade() -> None:
    """The shipped rule stands last: the order of those there are is their administrators'."""
    add = text(
        "INSERT INTO rules (rule_id, position, name, occasion, audience, channels, is_shipped) "
        "SELECT :rule_id, coalesce(max(position), 0) + 1, '站内：文章即将过期', "
        "'article_expiring', 'staff', ARRAY['in_app'], true FROM rules"
    )
    op.get_bind().execute(add, {"rule_id": _RULE_ID})
    op.execute("UPDATE rule_book SET revision = revision + 1")
