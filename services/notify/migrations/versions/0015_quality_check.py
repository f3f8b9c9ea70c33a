"""People are told how their work was judged, and of appeals against their judgement."""

from uuid import UUID

from alembic import op
from sqlalchemy import text

revision = "0015"
down_revision = "0014"

_RULE_ID = UUID("4b1d0a52-0a0f-5c0e-9d3e-7f64c8c1a814")


def upgrade() -> None:
    """The shipped rule stands last: the order of those there are is their administrators'."""
    add = text(
        "INSERT INTO rules (rule_id, position, name, occasion, audience, channels, is_shipped) "
        "SELECT :rule_id, coalesce(max(position), 0) + 1, '站内：质检', "
        "'quality', 'staff', ARRAY['in_app'], true FROM rules"
    )
    op.get_bind().execute(add, {"rule_id": _RULE_ID})
    op.execute("UPDATE rule_book SET revision = revision + 1")
