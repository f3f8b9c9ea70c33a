"""Reports by category: what it is called, what it counts, which tickets stand behind a row."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.contracts.envelope import Event
from services.reporting.use_cases.hear_categories import hear_categories
from tests.integration.reporting.counting import Counting
from tests.support.happenings import Life, World

DAY = datetime(2026, 11, 23, 4, tzinfo=UTC)
PERIOD = {"unit": "custom", "from": "2026-11-01", "until": "2026-11-30"}
AFTER, REPAIR, ORDERS = (UUID(int=number, version=4) for number in (1, 2, 3))


def called(category_id: UUID, version: int, name: str, parent: UUID | None = None) -> Event:
    data = {
        "category_id": category_id,
        "parent_id": parent,
        "name_zh": name,
        "name_en": f"{name} (en)" if parent is None else None,
        "is_active": True,
        "version": version,
        "occurred_at": DAY,
    }
    source = "/tidedesk/ticketing"
    return Event(uuid4(), "category.changed", source, str(category_id), DAY, data)


def learn(counting: Counting, *events: Event) -> None:
    with counting.database.begin() as uow:
        hear_categories(uow, events)
        uow.commit()


def rows(counting: Counting, **more: Any) -> dict[str, tuple[str, int]]:
    """By key: what it is called, and how many tickets are new."""
    given = {"metrics": ["new", "unresolved"], "period": PERIOD, "by": "category", **more}
    answer = counting.ask("get_report", **given)
    return {one["key"]: (one["label"], one["values"]["new"]["value"]) for one in answer["rows"]}


@pytest.fixture
def filled(counting: Counting) -> Counting:
    """Two tickets in 产品维修 below 售后, one in 售后 itself, one in 订单, one in none."""
    counting.load_months()
    world = World(5)
    for number, path in enumerate(([AFTER, REPAIR], [AFTER, REPAIR], [AFTER], [ORDERS], None)):
        life = Life(world, DAY + timedelta(hours=number))
        life.put(path)
        life.create()
        counting.hear(life.events)
    learn(counting, called(AFTER, 1, "售后"), called(REPAIR, 1, "产品维修", AFTER))
    return counting


def test_a_node_counts_all_below_it_whether_summed_or_not(filled: Counting):
    wanted = {
        str(AFTER): ("售后", 3),
        str(REPAIR): ("售后 › 产品维修", 2),
        # Nobody has said yet what it is called.
        str(ORDERS): (str(ORDERS), 1),
        "": ("未分类", 1),
    }
    assert rows(filled) == wanted
    filled.sum_up(DAY + timedelta(days=60))
    assert not filled.rows("SELECT * FROM marks")
    assert rows(filled) == wanted
    english = rows(filled, language="en")
    assert english[str(REPAIR)][0] == "售后 (en) › 产品维修"
    assert english[""][0] == "No category"


def test_the_newest_word_of_a_category_holds_in_any_order(filled: Counting):
    learn(filled, called(REPAIR, 3, "维修", ORDERS), called(REPAIR, 2, "修理", AFTER))
    learn(filled, called(REPAIR, 2, "修理", AFTER), called(ORDERS, 1, "订单"))
    found = rows(filled)
    # What is counted stays where the tickets said that they lay.
    assert found[str(REPAIR)] == ("订单 › 维修", 2)
    assert found[str(AFTER)][1] == 3


def test_a_filter_takes_what_lies_below_and_several_count_a_ticket_once(filled: Counting):
    def new(*keys: str) -> int:
        given = {"metrics": ["new"], "period": PERIOD, "filters": {"category_id": list(keys)}}
        total: int = filled.ask("get_report", **given)["totals"]["new"]["value"]
        return total

    for _ in range(2):
        assert new(str(AFTER)) == 3
        assert new(str(AFTER), str(REPAIR)) == 3
        assert new(str(REPAIR), str(ORDERS), "") == 4
        assert new("") == 1
        filled.sum_up(DAY + timedelta(days=60))


def test_the_tickets_behind_a_row_are_those_that_it_counts(filled: Counting):
    def listed(key: str, **filters: list[str]) -> int:
        given = {"metric": "new", "period": PERIOD, "by": "category", "key": key}
        return len(filled.ask("list_tickets_of", **given, filters=filters, limit=50)["items"])

    assert [listed(key) for key in (str(AFTER), str(REPAIR), "")] == [3, 2, 1]
    # A filter above or below the row leaves what both have.
    assert listed(str(REPAIR), category_id=[str(AFTER)]) == 2
    assert listed(str(AFTER), category_id=[str(REPAIR)]) == 2
    assert listed(str(ORDERS), category_id=[str(AFTER)]) == 0
    narrowed = rows(filled, filters={"category_id": [str(REPAIR)]})
    assert {key: count for key, (_, count) in narrowed.items()} == {str(AFTER): 2, str(REPAIR): 2}


def test_more_than_fifty_categories_all_have_rows(counting: Counting):
    counting.load_months()
    world, top = World(6), UUID(int=9, version=4)
    for number in range(60):
        life = Life(world, DAY)
        life.put([top, UUID(int=100 + number, version=4)])
        life.create()
        counting.hear(life.events)
    found = rows(counting)
    assert len(found) == 61
    assert found[str(top)][1] == 60
    assert "*" not in found
