"""People are told of tickets that they follow, that customers urge, and that are supervised."""

from uuid import UUID, uuid5

from alembic import op
from sqlalchemy import text

revision = "0013"
down_revision = "0012"

_IDS = UUID("0f3a1c57-30a1-5d0e-9b1b-6f0c5be2a9d4")
# name, occasion, whether it breaks quiet hours
_RULES = (
    ("站内：抄送给我", "cc", False),
    ("站内：客户催单", "urged", False),
    ("站内：督办", "supervised", True),
)


def upgrade() -> None:
    """The shipped rules stand last: the order of those there are is their administrators'."""
    add = text(
        "INSERT INTO rules (rule_id, position, name, occasion, audience, channels, is_urgent, "
        "is_shipped) SELECT :rule_id, coalesce(max(position), 0) + 1, :name, :occasion, 'staff', "
        "ARRAY['in_app'], :is_urgent, true FROM rules"
    )
    for name, occasion, is_urgent in _RULES:
        row = {"rule_id": uuid5(_IDS, occasion), "name": name, "occasion": occasion}
        op.get_bind().execute(add, row | {"is_urgent": is_urgent})
    op.execute("UPDATE rule_book SET revision = revision + 1")
