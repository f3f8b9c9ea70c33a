"""Categories in a column of a file: found by path, name or id, or named as unknown."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.ticket_import.categories import Categories
from gateway.ticket_import.columns import find_columns
from gateway.ticket_import.rows import Row, read_rows

HEAD = ["主题", "描述", "客户姓名", "手机", "分类"]


def category(*names: tuple[str, str], above: dict[str, Any] | None = None, **more: Any) -> Any:
    """As ticketing tells one; each name in Chinese and in English."""
    key = str(uuid4())
    path = [*(above["path"] if above else ()), key]
    told = {"zh": [zh for zh, _ in names], "en": [en for _, en in names]}
    return {"category_id": key, "path": path, "names": told, "is_active": True} | more


SALES, ORDER = ("售后", "After-sales"), ("订单", "Order")
TOP = category(SALES)
REPAIR = category(SALES, ("产品维修", "Repair"), above=TOP)
LATE = category(SALES, ("物流", "Logistics"), above=TOP)
ORDERS = category(ORDER)
ALSO_LATE = category(ORDER, ("物流", "Logistics"), above=ORDERS)
AWAY = category(("旧", "Old"), is_active=False)
BELOW = category(("旧", "Old"), ("维护", "Upkeep"), above=AWAY)
KNOWN = Categories([TOP, REPAIR, LATE, ORDERS, ALSO_LATE, AWAY, BELOW])


def read(cell: str, categories: Categories = KNOWN) -> Row:
    cells = ["杯子破损", "碎了", "陈女士", "13800138000", cell]
    [row] = read_rows(find_columns(HEAD), [(2, cells)], categories)
    return row


@pytest.mark.parametrize(
    "words",
    ["售后/产品维修", "售后 › 产品维修", "产品维修", "After-sales > repair", REPAIR["category_id"]],
)
def test_a_category_is_found(words: str) -> None:
    row = read(words)
    assert (row.content["category_id"], row.errors) == (REPAIR["category_id"], {})


def test_a_whole_path_goes_before_one_that_ends_so() -> None:
    both = category(("物流", "Logistics"))
    assert Categories([both, ALSO_LATE]).find("物流") == [both["category_id"]]


def test_without_a_name_there_is_no_category() -> None:
    assert (read("").content["category_id"], read("").errors) == (None, {})


@pytest.mark.parametrize("words", ["没有", "旧", "旧/维护", "维护", BELOW["category_id"], "/"])
def test_what_new_tickets_cannot_take_is_named(words: str) -> None:
    row = read(words)
    assert row.content["category_id"] is None
    assert row.errors == {"category": [f"{words} is no category in use"]}


def test_a_name_of_several_is_asked_for_with_its_path() -> None:
    assert read("物流").errors == {
        "category": ["several categories are called 物流: give the whole path"]
    }
    assert read("订单/物流").content["category_id"] == ALSO_LATE["category_id"]


def test_what_is_told_of_a_long_name_is_short() -> None:
    [message] = read("长" * 5_000).errors["category"]
    assert len(message) < 150
