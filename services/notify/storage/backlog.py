"""What should have been sent by now, channel by channel."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Those whose time has come: quiet hours and the pauses between two tries are no backlog.
_BACKLOG = text(
    "SELECT channel, count(*) AS waiting, "
    "extract(epoch FROM now() - min(coalesce(leased_until, next_at))) AS late FROM deliveries "
    "WHERE status IN ('waiting', 'sending') AND coalesce(leased_until, next_at) <= now() "
    "GROUP BY channel"
)
# Each stream's first alone: those after it wait for it, and it may be waiting for its next try.
_WEBHOOKS = text(
    "SELECT count(*) AS waiting, extract(epoch FROM now() - min(due_at)) AS late FROM ("
    " SELECT DISTINCT ON (one.webhook_id, one.stream) coalesce(leased_until, next_at) AS due_at "
    " FROM webhook_deliveries AS one JOIN webhooks USING (webhook_id) "
    " WHERE status IN ('waiting', 'sending') AND is_active AND resume_at <= now() "
    " ORDER BY one.webhook_id, one.stream, position, event_id) AS firsts "
    "WHERE due_at <= now()"
)


def late_deliveries(session: Session) -> dict[str, tuple[int, float]]:
    """By channel: how many are due, and by how many seconds the first is late."""
    late = {row.channel: (row.waiting, float(row.late)) for row in session.execute(_BACKLOG)}
    webhooks = session.execute(_WEBHOOKS).one()
    if webhooks.waiting:
        late["webhook"] = webhooks.waiting, float(webhooks.late)
    return late
