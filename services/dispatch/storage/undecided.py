"""What dispatch has to look at and has not: waiting tickets of groups that were woken.

Tickets that wait because everybody is busy are not among them: their groups have been looked at.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

_UNDECIDED = text(
    "SELECT (SELECT count(*) FROM waiting WHERE mode = 'push' AND rule_id IS NOT NULL "
    "  AND group_id IN (SELECT group_id FROM wakes)) AS tickets, "
    "(SELECT coalesce(extract(epoch FROM now() - min(woken_at)), 0) FROM wakes) AS age"
)


def undecided(session: Session) -> tuple[int, float]:
    """How many, and for how many seconds the first group has waited to be looked at."""
    row = session.execute(_UNDECIDED).one()
    return row.tickets, float(row.age)
