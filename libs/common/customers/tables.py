"""The copy's table: what decides about a customer's tickets, and nothing that identifies one."""

from typing import Any

_TABLE = """
CREATE TABLE customer_copies (
    customer_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    tier text,
    region_id uuid,
    language text NOT NULL
);
"""


def create_customer_table(op: Any) -> None:
    """Called by a service's migration with alembic's `op`."""
    op.execute(_TABLE)
