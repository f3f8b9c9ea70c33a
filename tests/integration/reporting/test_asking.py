"""What is asked of figures: scope, drill-down, periods, names, and what is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from libs.common.actor import Actor
from libs.common.errors import InvalidInput
from services.reporting.domain.metrics import METRICS
from services.reporting.domain.vocabulary import DIMENSIONS
from tests.integration.reporting.counting import BOSS, NOW, ZONE, Counting
from tests.support.actors import actor
from tests.support.directory import group, person
from tests.support.happenings import World, live_many
from tests.support.recount.figures import Recount, figure

WORLD = World(21)
EVENTS = [
    *(event for life in live_many(WORLD, 250) for event in life.events),
    *WORLD.customer_events(),
]
WHOLE = {"unit": "custom", "from": "2025-01-01", "until": "2027-12-31"}
MONTH = {"unit": "month", "from": "2026-05-10"}


@pytest.fixture(scope="module")
def filled(database: Any) -> Iterator[Counting]:
    counting = Counting(database)
    counting.load_months()
    counting.hear(EVENTS)
    counting.sum_up()
    yield counting
    counting.empty()


def listed(counting: Counting, asker: Actor = BOSS, limit: int = 37, **given: Any) -> list[Any]:
    """All pages of a drill-down."""
    found: list[Any] = []
    cursor = None
    while True:
        page = counting.ask("list_tickets_of", asker, limit=limit, cursor=cursor, **given)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("period", [WHOLE, MONTH], ids=["whole", "month"])
def test_as_many_tickets_are_listed_as_were_counted(filled: Counting, metric: str, period: Any):
    report = filled.ask("get_report", metrics=[metric], period=period, by="group")
    values = {row["key"]: row["values"][metric] for row in report["rows"]}
    values[None] = report["totals"][metric]
    for key, told in values.items():
        place = {} if key is None else {"by": "group", "key": key}
        items = listed(filled, metric=metric, period=period, **place)
        assert items == listed(filled, limit=200, metric=metric, period=period, **place)
        if metric == "backlog":
            first = date.fromisoformat(report["period"]["from"])
            last = min(date.fromisoformat(report["period"]["until"]), NOW.astimezone(ZONE).date())
            days = (last - first).days + 1
            assert sum(one["value"] for one in items) == pytest.approx(told["value"] * days)
        else:
            assert len(items) == told["count"]


def test_the_values_that_are_listed_make_the_figure(filled: Counting):
    for metric in ("resolution_mean", "satisfaction_mean", "fcr_rate", "response_rate"):
        value = filled.ask("get_report", metrics=[metric], period=WHOLE)["totals"][metric]["value"]
        shown = [one["value"] for one in listed(filled, metric=metric, period=WHOLE)]
        assert sum(shown) / len(shown) == pytest.approx(value)


def with_scope(subject: UUID | None = None, **scopes: Any) -> Actor:
    """A supervisor who sees just so much."""
    boss = actor("supervisor")
    return replace(boss, subject=subject or boss.subject, scopes=scopes)


OWN = with_scope(WORLD.agents[1], tickets="own")
HEAD = with_scope(tickets="group", groups=[str(one) for one in WORLD.groups[:2]])


def _is_of_kind(kind: str, keys: Mapping[str, Any]) -> bool:
    return bool(keys["kind"] == kind)


@pytest.mark.parametrize("asker", [OWN, HEAD], ids=["own", "group"])
def test_figures_are_those_of_the_tickets_that_the_actor_may_open(filled: Counting, asker: Actor):
    mine = set(asker.scopes.get("groups", ())) if asker.scopes["tickets"] == "group" else set()
    seen = {
        str(event.data["ticket_id"])
        for event in _newest(EVENTS).values()
        if event.data["assignee_id"] == asker.subject or str(event.data["group_id"]) in mine
    }
    events = [
        event
        for event in EVENTS
        if event.type.startswith("customer.") or str(event.data["ticket_id"]) in seen
    ]
    assert 0 < len(seen) < 250
    count = Recount(events, ZONE, NOW.astimezone(ZONE).date())
    given = {"metrics": list(METRICS), "period": WHOLE, "by": "kind"}
    report = filled.ask("get_report", asker, **given)
    first, last = date(2025, 1, 1), date(2027, 12, 31)
    for row in report["rows"]:
        is_of_kind = partial(_is_of_kind, row["key"])
        for name, told in row["values"].items():
            value, number = figure(count, name, first, last, is_of_kind)
            assert told["value"] == pytest.approx(value), name
            assert told["count"] == number
    items = listed(filled, asker, metric="new", period=WHOLE)
    assert {one["ticket_id"] for one in items} == seen


def _newest(events: list[Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for event in events:
        if event.type.startswith("ticket."):
            had = found.get(event.data["ticket_id"])
            if had is None or had.data["seq"] < event.data["seq"]:
                found[event.data["ticket_id"]] = event
    return found


def test_whoever_has_no_scope_sees_nothing(filled: Counting):
    blind = with_scope()
    assert filled.ask("get_report", blind, metrics=["new"], period=WHOLE)["totals"]["new"] == {
        "value": 0,
        "count": 0,
    }
    assert listed(filled, blind, metric="new", period=WHOLE) == []


def test_sums_and_single_tickets_say_the_same(filled: Counting):
    """One who may see all reads sums; a filter that leaves nothing out has tickets counted."""
    given = {"metrics": list(METRICS), "period": WHOLE}
    every = sorted({row["kind"] for row in filled.rows("SELECT DISTINCT kind FROM acts")})
    urgencies = sorted({row["urgency"] for row in filled.rows("SELECT DISTINCT urgency FROM acts")})
    filters = {"kind": every, "urgency": urgencies}
    for by in (None, *DIMENSIONS):
        summed = filled.ask("get_report", by=by, **given)
        counted = filled.ask("get_report", by=by, filters=filters, **given)
        assert summed == counted, by


def test_a_series_adds_up_to_the_total(filled: Counting):
    for unit in ("week", "month", "quarter", "year"):
        metrics = ["new", "unresolved", "total"]
        report = filled.ask("get_report", metrics=metrics, period=WHOLE, series=unit)
        points = report["series"]
        total = sum(point["values"]["new"]["value"] for point in points)
        assert total == report["totals"]["new"]["value"]
        at_end = points[-1]["values"]["unresolved"]["value"]
        assert at_end == report["totals"]["unresolved"]["value"]
        assert points[0]["at"] == "2025-01-01"


def test_a_period_is_compared_with_the_one_before(filled: Counting):
    may = filled.ask("get_report", metrics=["new"], period=MONTH, by="kind", compare="previous")
    april = filled.ask(
        "get_report", metrics=["new"], period={"unit": "month", "from": "2026-04-30"}
    )
    told, had = may["totals"]["new"], april["totals"]["new"]["value"]
    assert may["compared"] == {"unit": "month", "from": "2026-04-01", "until": "2026-04-30"}
    assert told["previous"] == had
    assert told["change"] == pytest.approx((told["value"] - had) / had)


def test_rows_are_sorted_and_named(filled: Counting):
    team, agent = WORLD.groups[0], WORLD.agents[0]
    filled.learn(group(team, name="维修组"), person(agent, name="李雷"))
    rows = filled.ask("get_report", metrics=["new"], period=WHOLE, by="group")["rows"]
    values = [row["values"]["new"]["value"] for row in rows]
    assert values == sorted(values, reverse=True)
    labels = {row["key"]: row["label"] for row in rows}
    assert labels[str(team)] == "维修组"
    assert labels[""] == "未分组"
    people = filled.ask("get_report", metrics=["solved"], period=WHOLE, by="agent")["rows"]
    assert "李雷" in [row["label"] for row in people]
    kinds = filled.ask("get_report", metrics=["new"], period=WHOLE, by="kind", language="en")
    assert "Complaint" in [row["label"] for row in kinds["rows"]]


def test_rows_beyond_fifty_are_one(counting: Counting):
    counting.load_months()
    world = World(22)
    world.agents = [world.new_id() for _ in range(150)]
    counting.hear([event for life in live_many(world, 600) for event in life.events])
    metrics = ["solved", "resolution_median", "resolution_mean"]
    report = counting.ask("get_report", metrics=metrics, period=WHOLE, by="agent")
    rows = report["rows"]
    assert len(rows) == 51
    assert (rows[-1]["key"], rows[-1]["label"]) == ("*", "其他")
    total = sum(row["values"]["solved"]["value"] for row in rows)
    assert total == report["totals"]["solved"]["value"]
    by_median = counting.ask("get_report", metrics=metrics[1:], period=WHOLE, by="agent")["rows"]
    assert by_median[-1]["values"]["resolution_median"]["value"] is not None
    counting.sum_up(NOW)
    assert counting.ask("get_report", metrics=metrics, period=WHOLE, by="agent") == report


def test_the_dashboard_is_one_answer(filled: Counting):
    shown = filled.ask("get_dashboard", period={"unit": "quarter", "from": "2026-05-10"})
    tiles = {tile["key"]: tile for tile in shown["tiles"]}
    given = {"metrics": ["new"], "period": {"unit": "quarter", "from": "2026-05-10"}}
    assert tiles["new"]["value"] == filled.ask("get_report", **given)["totals"]["new"]["value"]
    assert len(shown["series"]["points"]) == 14
    assert [share["by"] for share in shown["shares"]][:2] == ["kind", "channel"]
    assert filled.ask("get_dashboard")["period"]["unit"] == "month"


def test_an_empty_period_has_zeros_and_unknown_means(filled: Counting):
    empty = {"unit": "year", "from": "1999-01-01"}
    report = filled.ask("get_report", metrics=list(METRICS), period=empty, by="agent")
    assert report["rows"] == []
    for name, told in report["totals"].items():
        assert told["value"] == (0 if METRICS[name].unit in ("count", "average") else None) or (
            name in ("tickets_per_person", "quality_mean") and told["value"] is None
        )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"metrics": []}, "metrics"),
        ({"metrics": ["new", "nonsense"]}, "metrics[1]"),
        ({"metrics": [1]}, "metrics[0]"),
        ({"by": "subject"}, "by"),
        ({"period": "month"}, "period"),
        ({"period": {"unit": "decade"}}, "period.unit"),
        ({"period": {"unit": "custom"}}, "period.from"),
        (
            {"period": {"unit": "custom", "from": "2026-02-30", "until": "2026-03-01"}},
            "period.from",
        ),
        ({"period": {"unit": "day", "from": "0001-01-01"}}, "period.from"),
        ({"period": {"unit": "day", "from": "2200-01-01"}}, "period.from"),
        (
            {"period": {"unit": "custom", "from": "2026-03-02", "until": "2026-03-01"}},
            "period.until",
        ),
        ({"period": {"unit": "custom", "from": "1990-01-01", "until": "2020-01-01"}}, "period"),
        ({"period": WHOLE, "series": "day"}, "series"),
        ({"compare": "tomorrow"}, "compare"),
        ({"language": "fr"}, "language"),
        ({"filters": {"colour": "red"}}, "filters.colour"),
        ({"filters": {"agent_id": "x"}}, "filters.agent_id"),
        ({"filters": {"kind": []}}, "filters.kind"),
        ({"filters": {"kind": "a\x00"}}, "filters.kind"),
        ({"filters": {"score": 6}}, "filters.score"),
        ({"filters": []}, "filters"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(
    filled: Counting, given: dict[str, Any], field: str
):
    with pytest.raises(InvalidInput) as refusal:
        filled.ask("get_report", **{"metrics": ["new"], "period": MONTH, **given})
    assert list(refusal.value.details["errors"]) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"metric": "nonsense"}, "metric"),
        ({"by": "month"}, "by"),
        ({"by": "agent", "key": "*"}, "key"),
        ({"by": "agent", "key": "x"}, "key"),
        ({"cursor": "x"}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
    ],
)
def test_a_list_that_cannot_be_is_refused_by_its_name(
    filled: Counting, given: dict[str, Any], field: str
):
    with pytest.raises(InvalidInput) as refusal:
        filled.ask("list_tickets_of", **{"metric": "new", "period": MONTH, **given})
    assert list(refusal.value.details["errors"]) == [field]


def test_a_row_that_a_filter_excludes_lists_nothing(filled: Counting):
    given = {"metric": "new", "period": WHOLE, "by": "kind", "key": "repair"}
    assert listed(filled, filters={"kind": "inquiry"}, **given) == []
    assert listed(filled, filters={"kind": ["repair", "inquiry"]}, **given)


def test_the_vocabulary_names_every_metric_in_both_languages(filled: Counting):
    for language in ("zh", "en"):
        words = filled.ask("list_metrics", language=language)
        assert {one["key"] for one in words["metrics"]} == set(METRICS)
        assert all(one["label"] for one in words["metrics"] + words["dimensions"] + words["units"])


def test_a_ticket_is_known_by_its_number(filled: Counting):
    [item] = filled.ask("list_tickets_of", metric="new", period=WHOLE, limit=1)["items"]
    assert item["number"].startswith("G")
    assert UUID(item["ticket_id"])
