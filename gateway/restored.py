"""What the gateway sees to when its database has been brought back from a backup."""

from datetime import datetime

from sqlalchemy import Connection, text

from libs.common.config import Config

# Logins that were ended since the backup must not come to life again.
_MENDING = (
    "UPDATE sessions SET revoked_at = now() WHERE revoked_at IS NULL",
    "DELETE FROM portal_sessions",
    "UPDATE directory_state SET published_at = NULL",
    # The services' copies are compared, and told, as soon as somebody can.
    "UPDATE reconciling SET due_at = now()",
)


def mend(connection: Connection, taken_at: datetime, now: datetime, config: Config) -> None:
    """End every login; have everything compared."""
    for statement in _MENDING:
        connection.execute(text(statement))
