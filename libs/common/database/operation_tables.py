"""Tables by which operators see and mend: what was sent lately, and who is running."""

from typing import Any

from libs.common.database.roll_call import create_process_table
from libs.common.database.sent import create_sent_table


def create_operation_tables(op: Any) -> None:
    """Called by one migration of each owner with alembic's `op`."""
    create_sent_table(op)
    create_process_table(op)
