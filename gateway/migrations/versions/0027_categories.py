"""What the shipped roles may do: the words that tickets are described with."""

from alembic import op

revision = "0027"
down_revision = "0026"

# Processes read a role anew when its version has changed.
_GRANT = """
UPDATE roles SET version = version + 1, updated_at = now(), permissions =
    ARRAY(SELECT DISTINCT unnest(permissions ||
        '{ticket_category.manage, urgency_word.manage, tag.manage}'::text[]))
WHERE key = 'administrator' AND is_shipped;
"""


def upgrade() -> None:
    """Administrators keep them; whoever sees tickets reads them."""
    op.execute(_GRANT)
