"""Figures equal a plain recount over random lives, however the events come."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.domain.metrics import METRICS
from tests.integration.reporting.counting import NOW, ZONE, Counting
from tests.support.happenings import World, live_many
from tests.support.recount.figures import Recount, figure, lies_in

SHORT, LONG = 300, 5000
DIMENSIONS = (
    *("kind", "channel", "group", "department", "agent", "category", "tier", "urgency", "region"),
    "status",
)
NAME_OF = {name: f"{name}_id" for name in ("group", "department", "agent", "category", "region")}


def told_in_disorder(seed: int, count: int) -> tuple[list[Any], list[list[Any]]]:
    """All events, and the same shuffled, some repeated, in batches of any size."""
    world = World(seed)
    events = [event for life in live_many(world, count) for event in life.events]
    events += world.customer_events()
    chance = random.Random(seed)
    shuffled = events + chance.sample(events, len(events) // 5)
    chance.shuffle(shuffled)
    batches, start = [], 0
    while start < len(shuffled):
        size = chance.choice((1, 7, 60, 200, 200, 400))
        batches.append(shuffled[start : start + size])
        start += size
    return events, batches


class Compared:
    """A database that has heard all, and the recount of the same."""

    def __init__(self, counting: Counting, seed: int, count: int) -> None:
        self.counting, self.chance = counting, random.Random(seed + 1)
        counting.load_months()
        events, batches = told_in_disorder(seed, count)
        for batch in batches:
            counting.hear(batch)
        self.recount = Recount(events, ZONE, NOW.astimezone(ZONE).date())

    def check(self, period: dict[str, Any], by: str | None, filters: dict[str, Any]) -> int:
        """A report of all metrics; returns how many figures were compared."""
        answer = self.counting.ask(
            "get_report", metrics=list(METRICS), period=period, by=by, filters=filters
        )
        first = date.fromisoformat(answer["period"]["from"])
        last = date.fromisoformat(answer["period"]["until"])
        wanted = {name.removesuffix("_id"): value for name, value in filters.items()}

        def fits(keys: dict[str, str]) -> bool:
            return all(lies_in(keys, name, str(value)) for name, value in wanted.items())

        compared = self._check_values(answer["totals"], first, last, fits, (period, filters))
        for row in answer["rows"]:
            key = row["key"]
            compared += self._check_values(
                row["values"],
                first,
                last,
                lambda keys, key=key: fits(keys) and lies_in(keys, by, key),
                (period, filters, by, key),
            )
        return compared

    def _check_values(self, values: Any, first: date, last: date, chosen: Any, about: Any) -> int:
        for name, told in values.items():
            value, count = figure(self.recount, name, first, last, chosen)
            assert told["value"] == pytest.approx(value), (name, about)
            assert told["count"] == count, (name, about)
        return len(values)

    def periods(self) -> list[dict[str, Any]]:
        days = [date(2025, 10, 20) + timedelta(days=self.chance.randrange(520)) for _ in range(3)]
        first, last = sorted(days[:2])
        return [
            {"unit": "custom", "from": str(first), "until": str(last)},
            {"unit": "custom", "from": "2025-01-01", "until": "2027-12-31"},
            {"unit": "day", "from": str(days[2])},
            {"unit": "month", "from": str(days[1])},
            {"unit": "quarter", "from": str(days[0])},
        ]

    def some_filter(self, of: str | None = None) -> dict[str, Any]:
        dimension = of or self.chance.choice((*DIMENSIONS, "score"))
        ticket = self.chance.choice(list(self.recount.tickets.values()))
        key = self.recount.keys(ticket, ticket.life[-1])[dimension]
        if dimension == "category":
            key = self.chance.choice(key.split("/"))
        if dimension == "score":
            return {"score": int(key)} if key else {"score": 5}
        return {NAME_OF.get(dimension, dimension): key}


@pytest.mark.timeout(1800)
def test_every_metric_is_what_a_plain_recount_says(counting: Counting, is_long: bool):
    compared = Compared(counting, 20261122, LONG if is_long else SHORT)
    for summed in (False, True):
        if summed:
            counting.sum_up(NOW + timedelta(days=730))
            assert not counting.rows("SELECT * FROM marks")
        for period in compared.periods():
            for by in (None, "category", *compared.chance.sample(DIMENSIONS, 3)):
                compared.check(period, by, {})
            compared.check(period, "category", compared.some_filter(of="category"))
            compared.check(period, None, compared.some_filter(of="category"))
            compared.check(period, "category", compared.some_filter())
            compared.check(period, compared.chance.choice(DIMENSIONS), compared.some_filter())
            compared.check(period, None, compared.some_filter())
