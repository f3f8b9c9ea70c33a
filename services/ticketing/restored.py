"""What ticketing sees to when its database has been brought back from a backup."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from libs.common.config import Config
from services.ticketing.domain.numbers import business_date

_LEAST = 1_000
_BUSIEST = text("SELECT coalesce(max(last), 0) FROM number_serials WHERE business_date > :since")
_SKIP = text(
    "INSERT INTO number_serials (business_date, last) "
    "SELECT CAST(day AS date), :skipped FROM generate_series(CAST(:first AS date), :last, '1 day') "
    "AS day ON CONFLICT (business_date) DO UPDATE SET last = number_serials.last + excluded.last"
)


def mend(connection: Connection, taken_at: datetime, now: datetime, config: Config) -> None:
    """Skip the numbers that tickets may have had since: customers hold mails with them.

    Twice the busiest day of late, and at least 1,000, on each day from the backup's to today.
    """
    first = business_date(taken_at, config.business_zone)
    busiest = connection.execute(_BUSIEST, {"since": first - timedelta(days=60)}).scalar_one()
    days = {"first": first, "last": business_date(now, config.business_zone)}
    connection.execute(_SKIP, {**days, "skipped": max(_LEAST, 2 * busiest)})
