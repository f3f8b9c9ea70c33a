"""What somebody wants to be told, on which channels, and when they want to be left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True)
class Quiet:
    """Hours of the day, local to `zone`, in which nothing is sent; they may go over midnight.

    `days`: ISO weekdays on which they begin. Equal ends mean the whole day.
    """

    begins: time
    ends: time
    zone: ZoneInfo
    days: Sequence[int] = EVERY_DAY

    def end_of(self, now: datetime) -> datetime | None:
        """When the quiet hours that hold now end; None outside of them.

        Quiet stretches that join are one. Instants are compared in UTC: a day on which the clocks
        are put back has hours twice.
        """
        end, found = now, None
        for _ in range(len(EVERY_DAY) + 1):
            reached = self._end_at(end)
            if reached is None:
                return found
            end = found = reached
        return found

    def _end_at(self, instant: datetime) -> datetime | None:
        today = instant.astimezone(self.zone).date()
        for day in (today - _DAY, today):
            begin, end = self._stretch(day)
            if day.isoweekday() in self.days and begin <= instant < end:
                return end
        return None

    def _stretch(self, day: date) -> tuple[datetime, datetime]:
        last = day if self.begins < self.ends else day + _DAY
        return self._instant(day, self.begins), self._instant(last, self.ends)

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Preference:
    """One person's or customer's wishes; the empty one leaves everything to the rules.

    `channels`: for a group of occasions (`*` for those without their own) the channels in the
    order wanted, and those that are off.
    """

    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    language: str | None = None
    zone: ZoneInfo | None = None
    quiet: Quiet | None = None
    wecom_userid: str | None = None

    def order(self, group: str, offered: Sequence[str]) -> list[str]:
        """Of the channels that a rule offers those that are wanted, in the order wanted."""
        wish = self.channels.get(group) or self.channels.get("*") or {}
        first, off = wish.get("order") or (), set(wish.get("off") or ())
        wanted = [one for one in first if one in offered]
        wanted += [one for one in offered if one not in wanted]
        return [one for one in wanted if one not in off]


NO_WISHES = Preference()
