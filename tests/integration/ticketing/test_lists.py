"""Lists: filters, orders, pages, counts, scopes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.cursor import encode_cursor
from libs.common.errors import InvalidInput
from services.ticketing.queries.statuses import list_statuses
from services.ticketing.queries.ticket_counts import count_tickets
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.queries.ticket_pages import list_timeline
from services.ticketing.use_cases.working import add_note, assign_ticket, solve_ticket
from tests.integration.ticketing.desk import Desk, agent, message

SORTS = ["updated_at", "created_at", "urgency", "number"]
SORTS = [*SORTS, *(f"-{name}" for name in SORTS)]


def listed(desk: Desk, *actors: Actor, **filters: Any) -> list[str]:
    """The numbers of the first page, as the supervisor sees it unless an actor is given."""
    page = desk.ask(list_tickets, *(actors or (desk.boss,)), filters, limit=100)
    return [row["number"] for row in page["items"]]


def pages(desk: Desk, actor: Actor, sort: str, limit: int, **filters: Any) -> Iterator[list[Any]]:
    cursor = None
    while True:
        page = desk.ask(list_tickets, actor, filters, sort, limit, cursor)
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


@pytest.fixture(scope="module")
def li() -> Actor:
    return agent("李雷")


@pytest.fixture(scope="module")
def crowd(desk: Desk, li: Actor) -> UUID:
    """Forty tickets of one customer, at only three different instants; returns the customer."""
    customer = uuid4()
    begun = datetime(2026, 6, 1, tzinfo=UTC)
    events = [
        message(
            customer_id=customer,
            channel="web_form",
            urgency_hint=("normal", "urgent", "critical")[i % 3],
            received_at=begun + timedelta(days=i % 3),
        )
        for i in range(40)
    ]
    desk.file(*events)
    for event in events[:10]:
        number = desk.number_of(event.data["ticket_id"])
        desk.do(
            assign_ticket, desk.boss, number=number, assignee_id=li.subject, assignee_name=li.name
        )
    with desk.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE tickets SET updated_at = created_at WHERE customer_id = :id"),
            {"id": customer},
        )
    return customer


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 7, 40])
def test_pages_have_neither_gaps_nor_repeats_under_equal_instants(desk, crowd, sort, limit):
    found = [
        row for page in pages(desk, desk.boss, sort, limit, customer_id=str(crowd)) for row in page
    ]
    assert len(found) == 40
    assert len({row["ticket_id"] for row in found}) == 40
    name = sort.removeprefix("-")
    rank = {"normal": 1, "urgent": 2, "critical": 3}
    keys = [rank[row[name]] if name == "urgency" else row[name] for row in found]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", SORTS)
def test_an_agents_pages_merge_the_own_and_the_unassigned(desk, crowd, li, sort):
    theirs = [
        row["number"] for page in pages(desk, li, sort, 7, customer_id=str(crowd)) for row in page
    ]
    all_of_them = [
        row["number"]
        for page in pages(desk, desk.boss, sort, 40, customer_id=str(crowd))
        for row in page
    ]
    assert theirs == all_of_them
    somebody = [
        row["number"]
        for page in pages(desk, agent(), sort, 7, customer_id=str(crowd))
        for row in page
    ]
    assert len(somebody) == 30


def test_a_new_ticket_between_two_pages_disturbs_none(desk, crowd):
    filters = {"customer_id": str(crowd)}
    first = desk.ask(list_tickets, desk.boss, filters, "-updated_at", 20)
    newcomer = message(customer_id=crowd)
    desk.file(newcomer)
    second = desk.ask(list_tickets, desk.boss, filters, "-updated_at", 20, first["next_cursor"])
    numbers = [row["number"] for row in first["items"] + second["items"]]
    assert len(set(numbers)) == 40
    with desk.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE tickets SET customer_id = :other WHERE ticket_id = :id"),
            {"other": uuid4(), "id": newcomer.data["ticket_id"]},
        )


def test_a_list_is_one_statement(desk, crowd, li):
    for actor in (desk.boss, li):
        with desk.counting_statements() as seen:
            desk.ask(list_tickets, actor, {"view": "all"})
        assert len(seen) == 2  # and the transaction's limits


def test_a_row_has_the_shape_of_the_contract(desk: Desk):
    number = desk.open()["number"]
    [row] = desk.ask(list_tickets, desk.boss, {"q": number})["items"]
    assert set(row) == {
        "ticket_id",
        "number",
        "subject",
        "kind",
        "channel",
        "status",
        "status_category",
        "own_status",
        "urgency",
        "urgency_word",
        "category",
        "assignee",
        "group",
        "department_id",
        "region_id",
        "customer",
        "created_at",
        "updated_at",
        "last_customer_message_at",
        "next_due_at",
        "is_confidential",
        "is_overdue",
        "score",
        "is_dissatisfied",
        "close_kind",
        "urge_count",
        "last_urged_at",
        "supervision",
        "deleted_at",
        "version",
    }
    assert row["created_at"].endswith("Z")


def test_filters_narrow_and_combine(desk: Desk):
    customer = uuid4()
    common: dict[str, Any] = {"customer_id": customer, "customer_name": "赵六"}
    repair = desk.open(kind="repair", urgency="urgent", channel="phone", **common)["number"]
    inquiry = desk.open(**common)["number"]
    mine = {"customer_id": str(customer)}
    assert set(listed(desk, **mine)) == {repair, inquiry}
    assert listed(desk, kind="repair", **mine) == [repair]
    assert listed(desk, kind=["inquiry"], **mine) == [inquiry]
    assert set(listed(desk, kind="repair,inquiry", **mine)) == {repair, inquiry}
    assert listed(desk, urgency="urgent", **mine) == [repair]
    assert listed(desk, channel="manual", **mine) == [inquiry]
    assert listed(desk, channel="phone", kind="inquiry", **mine) == []
    assert set(listed(desk, status="unassigned", **mine)) == {repair, inquiry}
    assert listed(desk, status="closed,archived", **mine) == []
    assert set(listed(desk, assignee="none", **mine)) == {repair, inquiry}


def test_views_are_what_their_names_say(desk: Desk):
    li, customer = agent("李雷"), uuid4()
    common: dict[str, Any] = {"customer_id": customer}
    free = desk.open(**common)["number"]
    mine, done = (desk.open(**common)["number"] for _ in range(2))
    for number in (mine, done):
        desk.do(assign_ticket, li, number=number, assignee_id=li.subject, assignee_name="李雷")
    desk.do(solve_ticket, li, number=done, text="好了")
    only = {"customer_id": str(customer)}
    assert listed(desk, li, view="mine", **only) == [mine]
    assert listed(desk, li, view="unassigned", **only) == [free]
    assert set(listed(desk, li, view="open", **only)) == {mine, free}
    assert listed(desk, li, view="solved", **only) == [done]
    assert set(listed(desk, li, view="all", **only)) == {mine, done, free}
    assert set(listed(desk, li, assignee="me", **only)) == {mine, done}
    assert set(listed(desk, assignee=str(li.subject), **only)) == {mine, done}
    stranger = agent("韩梅梅")
    assert listed(desk, stranger, view="all", **only) == [free]
    assert listed(desk, stranger, view="mine", **only) == []
    assert listed(desk, stranger, assignee=str(li.subject), **only) == []


def test_without_a_scope_nothing_is_listed_or_counted(desk: Desk):
    desk.open()
    nobody = Actor(uuid4(), "无", "staff", ("agent",), {})
    assert listed(desk, nobody) == []
    assert desk.ask(count_tickets, nobody)["all"] == {"value": 0, "is_exact": True}


def test_nobodys_own_tickets_are_none_and_not_those_in_the_pool(desk: Desk):
    waiting = desk.open()["number"]
    nobody = replace(desk.boss, subject=None)
    assert waiting in listed(desk, nobody)
    own: list[dict[str, Any]] = [{"view": "mine"}, {"view": "todo"}, {"view": "done"}]
    for filters in (*own, {"assignee": "me"}):
        assert listed(desk, nobody, **filters) == []
    counts = desk.ask(count_tickets, nobody)
    assert {counts[name]["value"] for name in ("mine", "todo", "done")} == {0}


def test_periods_include_their_beginning_and_not_their_end(desk: Desk):
    at = datetime(2025, 3, 1, 8, tzinfo=UTC)
    came = message(received_at=at)
    desk.file(came)
    number = desk.number_of(came.data["ticket_id"])
    later = (at + timedelta(seconds=1)).isoformat()
    assert listed(desk, created_from=at.isoformat(), created_to=later) == [number]
    assert listed(desk, created_from=at.isoformat(), created_to=at.isoformat()) == []
    # ISO 8601 allows offsets that PostgreSQL does not.
    far = timezone(timedelta(hours=23, minutes=14))
    assert listed(desk, created_from=at.astimezone(far).isoformat(), created_to=later) == [number]


@pytest.mark.parametrize(
    "words", ["登录", "无法登录", "客", "OA系统", "oa系", "100%_", "\\", "（OA"]
)
def test_search_finds_parts_of_the_subject_however_short(desk: Desk, words: str):
    number = desk.open(subject="（OA系统）无法登录 100%_\\ 客")["number"]
    desk.open(subject="打印机卡纸 1000")
    assert number in listed(desk, q=words)


def test_search_finds_numbers_and_names_and_nothing_else(desk: Desk):
    ticket = desk.open(subject="咖啡机漏水", customer_name="欧阳娜娜")
    assert listed(desk, q=ticket["number"].lower()) == [ticket["number"]]
    assert listed(desk, q="欧阳娜") == [ticket["number"]]
    assert listed(desk, q="咖啡%漏水") == []
    assert listed(desk, q="G19990101001") == []
    assert listed(desk, agent(), q="欧阳娜") == [ticket["number"]]


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({"view": "everything"}, "view"),
        ({"view": 3}, "view"),
        ({"view": ["mine"]}, "view"),
        ({"status": "lost"}, "status"),
        ({"status": "closed,"}, "status"),
        ({"status": [["closed"]]}, "status"),
        ({"status": {"a": 1}}, "status"),
        ({"kind": "gossip"}, "kind"),
        ({"urgency": "asap"}, "urgency"),
        ({"channel": "a b"}, "channel"),
        ({"assignee": "somebody"}, "assignee"),
        ({"customer_id": "7"}, "customer_id"),
        ({"customer_id": 7}, "customer_id"),
        ({"group": "somewhere"}, "group"),
        ({"department": 7}, "department"),
        ({"region": "mine"}, "region"),
        ({"created_from": "yesterday"}, "created_from"),
        ({"created_to": "2026-01-01"}, "created_to"),
        ({"q": "x" * 101}, "q"),
        ({"q": "\x00"}, "q"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_filter_is_named(desk: Desk, filters, named):
    with pytest.raises(InvalidInput) as refusal:
        listed(desk, **filters)
    assert named in refusal.value.details["errors"]


@pytest.mark.parametrize("limit", [0, 101, -1, "25", None, 2.5])
def test_a_wrong_limit_is_named(desk: Desk, limit):
    with pytest.raises(InvalidInput) as refusal:
        desk.ask(list_tickets, desk.boss, {}, "-updated_at", limit)
    assert "limit" in refusal.value.details["errors"]


@pytest.mark.parametrize("sort", ["subject", "--number", "", "-", None, 3])
def test_a_wrong_order_is_named(desk: Desk, sort):
    with pytest.raises(InvalidInput) as refusal:
        desk.ask(list_tickets, desk.boss, {}, sort)
    assert "sort" in refusal.value.details["errors"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!",
        encode_cursor(["-updated_at"]),
        encode_cursor(["-updated_at", 1, 2]),
        encode_cursor(["-created_at", datetime(2026, 1, 1, tzinfo=UTC), uuid4()]),
        encode_cursor([7, datetime(2026, 1, 1, tzinfo=UTC), uuid4()]),
    ],
)
def test_a_cursor_of_another_list_is_refused(desk: Desk, cursor):
    with pytest.raises(InvalidInput) as refusal:
        desk.ask(list_tickets, desk.boss, {}, "-updated_at", 25, cursor)
    assert "cursor" in refusal.value.details["errors"]


def test_counts_are_those_of_the_views(desk: Desk, li: Actor, crowd: UUID):
    for actor in (desk.boss, li, agent()):
        counted = desk.ask(count_tickets, actor)
        views = ["mine", "unassigned", "open", "overdue", "follow_up", "solved", "all"]
        views += ["todo", "done"]
        views += ["cc", "supervised", "bin"] if actor is desk.boss else ["cc", "supervised"]
        assert list(counted) == views
        for view, count in counted.items():
            found = sum(len(page) for page in pages(desk, actor, "number", 100, view=view))
            assert count == {"value": found, "is_exact": True}


def test_all_counts_are_one_statement(desk: Desk):
    with desk.counting_statements() as seen:
        desk.ask(count_tickets, agent())
    assert len(seen) == 3  # and the transaction's limits, and whether anything is watched


def test_timelines_are_read_backwards_page_by_page(desk: Desk):
    number = desk.open()["number"]
    for i in range(7):
        desk.do(add_note, desk.boss, number=number, text=f"备注{i}")
    seen: list[int] = []
    cursor = None
    while True:
        page = desk.ask(list_timeline, desk.boss, number, 4, cursor)
        seqs = [entry["seq"] for entry in page["items"]]
        assert seqs == sorted(seqs)
        seen = seqs + seen
        cursor = page["previous_cursor"]
        if cursor is None:
            break
    assert seen == list(range(1, 10))


def test_statuses_come_with_names_and_customers_texts(desk: Desk):
    items = desk.ask(list_statuses)["items"]
    assert [item["label"]["zh"] for item in items] == [
        "待分配", "待处理", "处理中", "待审批", "待反馈", "待跟进", "已解决", "已关闭", "已归档",
    ]  # fmt: skip
    assert all(item["customer_text"]["zh"] and item["customer_text"]["en"] for item in items)
