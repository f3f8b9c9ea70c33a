"""How long notify keeps what nobody needs any more."""

from datetime import datetime, timedelta

READ_NOTICES_KEPT = timedelta(days=90)
PROMISES_KEPT = timedelta(days=180)
CODES_KEPT = timedelta(days=1)


def months_before(now: datetime, months: int) -> datetime:
    """The first instant of the month that lies so many months back."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return datetime(year, month + 1, 1, tzinfo=now.tzinfo)
