"""Business hours minute by minute: slow and plainly right, to hold the calendars against.

Also strategies that make calendars and instants, most of them near changes of the clock.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from libs.common.calendars import Calendar, Period, Weekly

MINUTE = timedelta(minutes=1)

# A day near which the zone's clock changes; Havana's does so at midnight, Lord Howe's by 30 min.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/St_Johns", date(2010, 11, 7)),  # at 00:01, back into the day before
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that was not
    ("Asia/Shanghai", date(2026, 2, 17)),
    ("Asia/Shanghai", date(2027, 1, 1)),
]


def is_open_at(calendar: Calendar, instant: datetime) -> bool:
    """What somebody says who looks at the clock on the wall and at the sign on the door."""
    local = instant.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    if local.date() in calendar.days:
        periods = calendar.days[local.date()]
    else:
        periods = calendar.weekly.days[local.weekday()]
    return any(start <= minute < end for start, end in periods)


def open_minutes(calendar: Calendar, start: datetime, end: datetime) -> Iterator[datetime]:
    """The minutes from `start` to `end`, both whole ones, that are open."""
    while start < end:
        if is_open_at(calendar, start):
            yield start
        start += MINUTE


@st.composite
def periods(draw: st.DrawFn) -> tuple[Period, ...]:
    """The hours of a day: none, some, all of it; some touch one another."""
    kind = draw(st.sampled_from(["closed", "usual", "all", "any", "any", "touching"]))
    if kind == "usual":
        return (Period(540, 720), Period(780, 1080))
    if kind == "all":
        return (Period(0, 1440),)
    if kind == "touching":
        middle = draw(st.integers(1, 1439))
        return (Period(0, middle), Period(middle, 1440))
    if kind == "closed":
        return ()
    times = draw(st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True))
    times = sorted(times[: len(times) // 2 * 2])
    return tuple(Period(*pair) for pair in zip(times[::2], times[1::2], strict=True))


@st.composite
def calendars_and_starts(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar that opens some time of the week, and a whole minute near a change."""
    zone, near = draw(st.sampled_from(CHANGES))
    weekly = draw(st.lists(periods(), min_size=7, max_size=7).filter(any))
    special = {
        near + timedelta(days=offset): draw(periods())
        for offset in draw(st.lists(st.integers(-4, 4), max_size=4))
    }
    midnight = datetime(near.year, near.month, near.day, tzinfo=UTC)
    start = midnight + draw(st.integers(-5 * 1440, 2 * 1440)) * MINUTE
    return Calendar(ZoneInfo(zone), Weekly(tuple(weekly)), special), start
