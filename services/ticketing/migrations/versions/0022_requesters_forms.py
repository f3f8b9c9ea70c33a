"""Requesters choose among the shipped templates; what staff find out is hidden from them.

The versions are amended where they stand: what tickets keep of them, fields and stages, is the
same. Templates that a company has changed since stay as they are until somebody opens them.

Revision ID: ticketing_0022
"""

import json
from uuid import NAMESPACE_URL, uuid5

from alembic import op
from sqlalchemy import text

revision = "ticketing_0022"
down_revision = "ticketing_0021"

HIDDEN = {
    "inquiry": (),
    "complaint": (),
    "repair": (),
    "suggestion": (),
    "return_goods": ("refund_amount", "inspection_report"),
    "internal": (),
}
_OPEN = text("""
UPDATE ticket_template_versions SET content = content || CAST(:opened AS jsonb)
WHERE template_version_id = :version_id
""")


def upgrade() -> None:
    """A release that knows none of it reads fields and stages of a version by their names."""
    connection = op.get_bind()
    for key, hidden in HIDDEN.items():
        opened = json.dumps({"requesters": {"hidden": list(hidden)}})
        version_id = uuid5(NAMESPACE_URL, f"tidedesk:template:{key}:1")
        connection.execute(_OPEN, {"opened": opened, "version_id": version_id})
