"""Ticket numbers: `G`, the business date, and the serial of that day with at least three digits."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

_FORM = re.compile(r"G(\d{4})(\d{2})(\d{2})(\d{3,})", re.ASCII)

# Serials of a day stay below this, so that `order` sorts by day first.
_DAY = 10_000_000


@dataclass(frozen=True)
class TicketNumber:
    """The `serial`-th ticket of a business date; after 999 a day the number widens."""

    day: date
    serial: int

    def __str__(self) -> str:
        return f"G{self.day:%Y%m%d}{self.serial:03d}"

    @property
    def order(self) -> int:
        """Sorts as people count: …999 before …1000, which the text does not."""
        return int(f"{self.day:%Y%m%d}") * _DAY + self.serial

    @classmethod
    def parse(cls, text: str) -> "TicketNumber | None":
        """The number that a text is, or None."""
        found = _FORM.fullmatch(text.strip().upper())
        if not found:
            return None
        year, month, day, serial = map(int, found.groups())
        try:
            return cls(date(year, month, day), serial)
        except ValueError:
            return None


def business_date(instant: datetime, zone: ZoneInfo) -> date:
    """The day that an instant belongs to where the business is."""
    return instant.astimezone(zone).date()
