"""Business hours: when something is open, and how much open time passes between two instants.

Hours are what the clock on the wall shows in a zone; elapsed time is counted in real seconds, so
that the day on which clocks are put forward has an hour less if the desk is open through the
night. `ALWAYS` is calendar time (自然时间) with the same interface.
"""

from libs.common.calendars.calendar import ALWAYS, Calendar, CalendarNeverOpens, Hours
from libs.common.calendars.periods import (
    Period,
    Weekly,
    parse_periods,
    parse_weekly,
    parse_zone,
    periods_as_json,
)

__all__ = [
    "ALWAYS",
    "Calendar",
    "CalendarNeverOpens",
    "Hours",
    "Period",
    "Weekly",
    "parse_periods",
    "parse_weekly",
    "parse_zone",
    "periods_as_json",
]
