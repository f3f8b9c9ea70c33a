"""Figures built anew from the archive are the same figures, whatever happens meanwhile."""

from typing import Any

import pytest

from libs.common.errors import Conflict
from tests.integration.reporting.counting import NOW, Counting
from tests.support.actors import actor
from tests.support.happenings import World, live_many

ADMINISTRATOR = actor("administrator")
FIGURES = {
    "acts": "SELECT * FROM acts ORDER BY ticket_id, what, nth",
    "stays": "SELECT * FROM stays ORDER BY ticket_id, nth",
}


def figures(counting: Counting) -> dict[str, Any]:
    return {name: counting.rows(query) for name, query in FIGURES.items()}


def reports(counting: Counting) -> list[Any]:
    period = {"unit": "custom", "from": "2025-01-01", "until": "2027-12-31"}
    metrics = ["new", "solved", "unresolved", "resolution_median", "fcr_rate"]
    return [
        counting.ask("get_report", metrics=metrics, period=period, by=by)["rows"]
        for by in ("agent", "month", "tier", "category", "department")
    ]


def test_a_rebuild_gives_equal_figures_while_events_arrive(counting: Counting):
    counting.load_months()
    world = World(11)
    events = [event for life in live_many(world, 300) for event in life.events]
    events += world.customer_events()
    half = len(events) // 2
    counting.hear(events[:half])
    counting.ask("rebuild_figures", ADMINISTRATOR)
    with pytest.raises(Conflict):
        counting.ask("rebuild_figures", ADMINISTRATOR)
    # Something arrives between all its steps.
    rest = events[half:]
    while rest:
        counting.rebuild_steps(1)
        counting.hear(rest[:40])
        rest = rest[40:]
    counting.rebuild_steps()
    assert counting.ask("get_rebuild", ADMINISTRATOR)["phase"] == "done"
    rebuilt = figures(counting), reports(counting)
    counting.empty()
    counting.hear(events)
    assert (figures(counting), reports(counting)) == rebuilt
    counting.sum_up()
    assert reports(counting) == rebuilt[1]


def test_what_was_kept_before_is_counted_by_category_and_department_after_a_rebuild(
    counting: Counting,
):
    counting.load_months()
    events = [event for life in live_many(World(13), 60) for event in life.events]
    counting.hear(events)
    before = figures(counting), reports(counting)
    # As a release has left it that knew neither.
    counting.do("UPDATE facts SET fact = fact - 'category_path' - 'department_id'")
    for table in ("acts", "stays"):
        counting.do(f"UPDATE {table} SET category_path = '{{}}', department_id = NULL")
    assert reports(counting) != before[1]
    counting.ask("rebuild_figures", ADMINISTRATOR)
    counting.rebuild_steps()
    assert (figures(counting), reports(counting)) == before


def test_a_rebuild_repairs_facts_and_figures(counting: Counting):
    counting.load_months()
    events = [event for life in live_many(World(12), 60) for event in life.events]
    counting.hear(events)
    before = figures(counting)
    counting.do("UPDATE acts SET seconds = 1, agent_id = NULL")
    counting.do("DELETE FROM stays")
    counting.do("DELETE FROM facts WHERE source = 'clock'")
    counting.do("UPDATE facts SET fact = fact || '{\"kind\": \"wrong\"}' WHERE source = 'ticket'")
    counting.ask("rebuild_figures", ADMINISTRATOR)
    counting.rebuild_steps()
    assert figures(counting) == before


def test_what_is_older_than_the_archive_survives_a_rebuild(counting: Counting):
    counting.load_months()
    counting.hear([event for life in live_many(World(13), 40) for event in life.events])
    before = figures(counting)
    counting.do("DELETE FROM archive")
    counting.ask("rebuild_figures", ADMINISTRATOR)
    counting.rebuild_steps()
    assert figures(counting) == before


def test_nothing_of_a_half_built_shadow_is_seen(counting: Counting):
    counting.load_months()
    counting.hear([event for life in live_many(World(14), 40) for event in life.events])
    before = figures(counting), reports(counting)
    counting.ask("rebuild_figures", ADMINISTRATOR)
    for _ in range(3):
        counting.rebuild_steps(1)
        assert (figures(counting), reports(counting)) == before
    counting.rebuild_steps()
    assert counting.rows("SELECT count(*) AS n FROM rebuild_again")[0]["n"] == 0
    counting.sum_up(NOW)
