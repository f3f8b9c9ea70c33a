"""A metric's figure for a period, by a plain count of all that happened."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from libs.common.contracts.envelope import Event
from tests.support.recount.happened import DAY, HAPPENED
from tests.support.recount.lives import UNFINISHED, Lives

# What is only counted.
PLAIN = (
    *("new", "solved", "overdue_count", "transfers", "suggestion_uses"),
    *("supervisions", "supervision_overdue", "collaborations", "collaboration_overdue"),
)


@dataclass
class Counted:
    """One thing that counts in a metric: its day, its keys by dimension, its value."""

    day: date
    keys: dict[str, str]
    value: Any
    ticket_id: str


class Recount(Lives):
    """Counts what a report would show."""

    def __init__(self, events: Iterable[Event], zone: tzinfo, today: date) -> None:
        super().__init__(events, zone)
        self.today = today
        self._known: dict[str, list[Counted]] = {}
        self._open: dict[date, list[Counted]] = {}

    def counted(self, metric: str) -> list[Counted]:
        """All that counts in a metric that adds up what happened in a period."""
        if metric not in self._known:
            found: list[Counted] = []
            for key, ticket in self.tickets.items():
                for instant, keys, value in HAPPENED[metric](self, ticket):
                    found.append(Counted(self.day(instant), keys, value, key))
            self._known[metric] = found
        return self._known[metric]

    def open_at(self, day: date) -> list[Counted]:
        """What is unresolved when the day ends."""
        if day not in self._open:
            self._open[day] = self._open_at(day)
        return self._open[day]

    def _open_at(self, day: date) -> list[Counted]:
        midnight = datetime.combine(day + DAY, datetime.min.time(), self.zone)
        found = []
        for key, ticket in self.tickets.items():
            place = bisect_left(ticket.life, midnight, key=lambda fact: fact["t"]) - 1
            if place >= 0 and ticket.life[place]["status_category"] in UNFINISHED:
                fact = ticket.life[place]
                keys = self.keys(ticket, fact) | {"status": fact["status"]}
                if place == 0 and fact["type"] != "ticket.created":
                    continue
                found.append(Counted(day, keys, None, key))
        return found


def lies_in(keys: dict[str, str], name: str, key: str) -> bool:
    """Whether it counts there: for a category, in it or below it."""
    return key in keys[name].split("/") if name == "category" else keys[name] == key


Chosen = Callable[[dict[str, str]], bool]


def figure(
    count: Recount, metric: str, first: date, last: date, chosen: Chosen
) -> tuple[float | None, int | None]:
    """A metric's value and count in a period, of what the keys are chosen of."""
    if metric == "unresolved":
        found = sum(chosen(one.keys) for one in count.open_at(last))
        return found, found
    if metric == "total":
        return _in_hand(count, first, last, chosen)
    if metric == "backlog":
        return _backlog(count, first, last, chosen), None
    found_here = _between(count, metric, first, last, chosen)
    number = len(found_here)
    if metric in PLAIN:
        return number, number
    if metric == "growth_rate":
        before = len(_between(count, metric, *_before(first, last), chosen))
        return ((number - before) / before if before else None), number
    if metric == "tickets_per_person":
        people = {one.keys["agent"] for one in found_here} - {""}
        return (number / len(people) if people else None), number
    return _of_values(metric, [one.value for one in found_here]), number


def _between(count: Recount, metric: str, first: date, last: date, chosen: Chosen) -> list[Counted]:
    return [one for one in count.counted(metric) if first <= one.day <= last and chosen(one.keys)]


def _before(first: date, last: date) -> tuple[date, date]:
    """The period before: as many months where it is whole months, else as many days."""
    if first.day == 1 and (last + DAY).day == 1:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
        return date(year, month + 1, 1), first - DAY
    return first - (last - first) - DAY, first - DAY


def _in_hand(count: Recount, first: date, last: date, chosen: Chosen) -> tuple[int, int]:
    total = sum(chosen(one.keys) for one in count.open_at(first - DAY))
    for metric in ("new", "reopened"):
        total += len(_between(count, metric, first, last, chosen))
    return total, total


def _backlog(count: Recount, first: date, last: date, chosen: Chosen) -> float | None:
    numbers, day = [], first
    while day <= min(last, count.today):
        numbers.append(sum(chosen(one.keys) for one in count.open_at(day)))
        day += DAY
    return sum(numbers) / len(numbers) if numbers else None


def _of_values(metric: str, values: list[Any]) -> float | None:
    if not values:
        return None
    if metric.endswith(("_median", "_p90")):
        share = 50 if metric.endswith("_median") else 90
        ordered = sorted(_three_digits(value // 60) for value in values)
        least = next(n for n in range(1, len(ordered) + 1) if n * 100 >= len(ordered) * share)
        return ordered[least - 1] * 60
    if metric in ("good_rate", "csat"):
        return sum(value >= 4 for value in values) / len(values)
    if metric == "bad_rate":
        return sum(value <= 2 for value in values) / len(values)
    if metric == "nps":
        gained = sum(value >= 9 for value in values) - sum(value <= 6 for value in values)
        return 100 * gained / len(values)
    return sum(values) / len(values)


def _three_digits(minutes: int) -> int:
    digits = str(minutes)
    return int(digits[:3] + "0" * (len(digits) - 3))
