"""Work on many tickets: one transaction each, resumed after a death, told ticket by ticket."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany
from services.ticketing.domain import bulks
from services.ticketing.storage import bulk_rows
from services.ticketing.use_cases.order_bulks import Order, create_bulk
from services.ticketing.use_cases.work_bulks import tidy_bulks, work_bulks
from tests.integration.ticketing.desk import Ask, Desk, agent, created, types

ZONE = ZoneInfo("Asia/Shanghai")
TAG = [{"type": "add_tags", "tags": ["批量"]}]


@pytest.fixture(autouse=True)
def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("TRUNCATE tickets, ticket_bulks CASCADE"))


def work(database: Database, most: int = 100) -> None:
    while work_bulks(database, ZONE, utc_now(), most):
        pass


def opened(ask: Ask, count: int) -> list[str]:
    return [created(ask)["number"] for _ in range(count)]


def ordered(ask: Ask, numbers: list[str] | None, who: Actor | None = None, **more: Any) -> str:
    actions = None if "macro_id" in more else TAG
    given = {"numbers": numbers, "actions": actions} | more
    return str(ask("create_bulk", actor=who, **given)["bulk_id"])


def states(ask: Ask, bulk_id: str, who: Actor | None = None) -> list[tuple[str, str | None]]:
    items = ask("list_bulk_items", actor=who, bulk_id=bulk_id)["items"]
    return [(one["state"], one["code"]) for one in items]


def edits(desk: Desk, number: str) -> int:
    ticket_id = desk.show(number)["ticket_id"]
    return types(desk.events(ticket_id)).count("ticket.edited")


def test_each_ticket_is_changed_once_and_told(ask: Ask, desk: Desk, database: Database):
    numbers = opened(ask, 3)
    bulk_id = ordered(ask, [*numbers, numbers[0], "G19990101001"])
    waiting = ask("get_bulk", bulk_id=bulk_id)
    assert (waiting["status"], waiting["total"], waiting["waiting"]) == ("waiting", 4, 4)
    work(database)
    assert states(ask, bulk_id) == [*[("done", None)] * 3, ("refused", "ticket.not_found")]
    assert [edits(desk, number) for number in numbers] == [1, 1, 1]
    done = ask("get_bulk", bulk_id=bulk_id)
    assert (done["status"], done["done"], done["refused"]) == ("done", 3, 1)
    assert done["finished_at"] is not None
    work(database)
    assert [edits(desk, number) for number in numbers] == [1, 1, 1]


def test_all_tickets_of_a_saved_view_beside_other_filters(ask: Ask, desk: Desk, database: Database):
    condition = {"all": [{"field": "urgency", "op": "is", "value": "critical"}]}
    view = ask("create_view", values={"name": "特急", "condition": condition})["view_id"]
    numbers = opened(ask, 3)
    for number in numbers[:2]:
        changes = {"urgency": "critical"}
        ask("edit_ticket", number=number, version=None, changes=changes, urgency_reason="停机")
    filters = {"saved_view": view, "q": numbers[0]}
    bulk_id = ordered(ask, None, filters=filters)
    assert [one["number"] for one in ask("list_bulk_items", bulk_id=bulk_id)["items"]] == [
        numbers[0]
    ]
    bulk_id = ordered(ask, None, filters={"saved_view": view})
    work(database)
    items = ask("list_bulk_items", bulk_id=bulk_id)["items"]
    assert sorted(one["number"] for one in items) == numbers[:2]
    assert [desk.show(number)["tags"] for number in numbers] == [["批量"], ["批量"], []]
    # Somebody else's private view is none.
    with pytest.raises(InvalidInput) as refusal:
        ordered(ask, None, agent(), filters={"saved_view": view})
    assert list(refusal.value.details["errors"]) == ["saved_view"]


def test_work_that_dies_in_the_middle_goes_on(ask: Ask, desk: Desk, database: Database):
    numbers = opened(ask, 6)
    bulk_id = ordered(ask, numbers)
    assert work_bulks(database, ZONE, utc_now(), 2)
    # As far as a worker gets that is killed before its commit.
    with database.begin() as uow:
        item = bulk_rows.take_item(uow.session)
        assert item is not None
        assert item["number"] == numbers[2]
        outcome = bulks.Outcome(bulks.DONE)
        bulk_rows.settle_item(uow.session, UUID(bulk_id), item["position"], outcome, utc_now())
    running = ask("get_bulk", bulk_id=bulk_id)
    assert (running["status"], running["done"], running["waiting"]) == ("running", 2, 4)
    work(database)
    assert states(ask, bulk_id) == [("done", None)] * 6
    assert [edits(desk, number) for number in numbers] == [1] * 6


def test_several_workers_share_the_tickets(ask: Ask, desk: Desk, database: Database):
    numbers = opened(ask, 12)
    bulk_id = ordered(ask, numbers)
    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(work, database, 4) for _ in range(3)]:
            one.result()
    tidy_bulks(database, utc_now())
    assert states(ask, bulk_id) == [("done", None)] * 12
    assert [edits(desk, number) for number in numbers] == [1] * 12
    assert ask("get_bulk", bulk_id=bulk_id)["finished_at"] is not None


def test_a_refused_ticket_is_left_whole_and_says_why(ask: Ask, desk: Desk, database: Database):
    [number] = opened(ask, 1)
    actions = [*TAG, {"type": "set_status", "status": "closed"}]
    bulk_id = ordered(ask, [number], actions=actions)
    work(database)
    assert states(ask, bulk_id) == [("refused", "field.required")]
    assert desk.show(number)["tags"] == []
    work(database)
    closed = ordered(ask, [number], actions=actions, reason="重复报修")
    work(database)
    assert states(ask, closed) == [("done", None)]
    assert desk.show(number)["timeline"]["items"][-1]["event"]["reason"] == "重复报修"


def test_what_is_so_already_is_passed_over(ask: Ask, database: Database):
    [number] = opened(ask, 1)
    for expected in ([("done", None)], [("skipped", "bulk.unchanged")]):
        bulk_id = ordered(ask, [number])
        work(database)
        assert states(ask, bulk_id) == expected


def test_a_ticket_that_somebody_changed_meanwhile_is_refused(ask: Ask, database: Database):
    [stale, fresh] = opened(ask, 2)
    bulk_id = ordered(ask, [stale, fresh], versions={stale: 9, fresh: 1})
    work(database)
    assert states(ask, bulk_id) == [("refused", "version.stale"), ("done", None)]


def test_the_work_is_done_with_the_rights_of_who_ordered_it(ask: Ask, database: Database):
    li = agent("李雷")
    free, hers = opened(ask, 2)
    ask("assign_ticket", number=hers, assignee_id=str(uuid4()), assignee_name="韩梅梅")
    actions = [{"type": "assign", "to": "me"}, *TAG]
    bulk_id = ordered(ask, [free, hers], li, actions=actions)
    work(database)
    assert states(ask, bulk_id, li) == [("done", None), ("refused", "ticket.not_found")]
    with pytest.raises(NotFound):
        ask("get_bulk", bulk_id=bulk_id)


def test_a_macro_is_carried_out_on_each(ask: Ask, desk: Desk, database: Database):
    numbers = opened(ask, 2)
    actions = [{"type": "add_note", "text": "见 {{ticket.number}}"}]
    values = {"name": "备注", "actions": actions, "visibility": "shared"}
    macro_id = ask("create_macro", values=values)["macro_id"]
    bulk_id = ordered(ask, numbers, macro_id=macro_id)
    work(database)
    assert [desk.show(one)["timeline"]["items"][-1]["text"] for one in numbers] == [
        f"见 {number}" for number in numbers
    ]
    assert ask("get_bulk", bulk_id=bulk_id)["title"] == "备注"
    assert ask("get_macro", macro_id=macro_id)["usage_count"] == 2


def test_the_tickets_of_a_list_are_those_that_its_filters_find(ask: Ask, database: Database):
    urgent = created(ask, urgency="urgent")["number"]
    opened(ask, 2)
    bulk_id = ordered(ask, None, filters={"urgency": "urgent"})
    items = ask("list_bulk_items", bulk_id=bulk_id)["items"]
    assert [one["number"] for one in items] == [urgent]


def test_tickets_are_linked_with_a_problem_each_by_itself(ask: Ask, desk: Desk, database: Database):
    about = {"title": "支付回调超时", "description": "银行侧超时"}
    number, other = (ask("create_problem", problem=about)["number"] for _ in range(2))
    free, linked, elsewhere = opened(ask, 3)
    ask("link_problem", number=number, numbers=[linked])
    ask("link_problem", number=other, numbers=[elsewhere])
    given = {"actions": None, "problem": number}
    bulk_id = ordered(ask, [free, linked, elsewhere, "G19990101001"], **given)
    assert ask("get_bulk", bulk_id=bulk_id)["problem"] == number
    work(database)
    assert states(ask, bulk_id) == [
        ("done", None),
        ("skipped", "bulk.unchanged"),
        ("refused", "problem.other_linked"),
        ("refused", "ticket.not_found"),
    ]
    work(database)
    told = types(desk.events(desk.show(free)["ticket_id"]))
    assert told.count("ticket.problem_linked") == 1
    assert ask("get_problem", number=number)["tickets"] == 2


def test_a_link_with_a_problem_needs_its_permission_and_the_problem(ask: Ask):
    [number] = opened(ask, 1)
    asked = {"numbers": [number], "problem": "P19990101001"}
    with pytest.raises(InvalidInput) as refusal:
        ask("create_bulk", **asked)
    assert list(refusal.value.details["errors"]) == ["problem"]
    li = agent()
    with pytest.raises(Forbidden):
        ask("create_bulk", actor=replace(li, permissions=li.permissions - {"ticket.link"}), **asked)


def test_urgency_is_raised_for_a_reason_alone(ask: Ask, database: Database):
    [number] = opened(ask, 1)
    raised = {"actions": [{"type": "set_urgency", "urgency": "urgent"}]}
    bulk_id = ordered(ask, [number], **raised)
    work(database)
    assert states(ask, bulk_id) == [("refused", "urgency.reason_needed")]
    bulk_id = ordered(ask, [number], **raised, reason="机房断电")
    work(database)
    assert states(ask, bulk_id) == [("done", None)]


def test_what_is_cancelled_stays_as_it_is(ask: Ask, desk: Desk, database: Database):
    numbers = opened(ask, 3)
    bulk_id = ordered(ask, numbers)
    assert work_bulks(database, ZONE, utc_now(), 1)
    left = ask("cancel_bulk", bulk_id=bulk_id)
    assert (left["status"], left["done"], left["skipped"]) == ("cancelled", 1, 2)
    work(database)
    assert [edits(desk, number) for number in numbers] == [1, 0, 0]
    with pytest.raises(Conflict):
        ask("cancel_bulk", bulk_id=bulk_id)


def test_pages_of_orders_and_of_tickets(ask: Ask, database: Database):
    li = agent("李雷")
    numbers = opened(ask, 3)
    made = [ordered(ask, numbers, li) for _ in range(3)]
    first = ask("list_bulks", actor=li, limit=2)
    second = ask("list_bulks", actor=li, limit=2, cursor=first["next_cursor"])
    seen = [one["bulk_id"] for one in (*first["items"], *second["items"])]
    assert (seen, second["next_cursor"]) == (made[::-1], None)
    given: dict[str, Any] = {"actor": li, "bulk_id": made[0], "limit": 2, "state": "waiting"}
    page = ask("list_bulk_items", **given)
    rest = ask("list_bulk_items", cursor=page["next_cursor"], **given)
    assert [one["number"] for one in (*page["items"], *rest["items"])] == numbers


def test_orders_that_cannot_be_are_refused(ask: Ask):
    li = agent("李雷")
    given: dict[str, Any]
    for given in (
        {"numbers": []},
        {"numbers": [f"G20260101{n:03d}" for n in range(501)]},
        {"numbers": ["G1"], "actions": []},
        {"numbers": ["G1"], "filters": {}},
        {"numbers": ["G1"], "macro_id": str(uuid4()), "actions": TAG},
        {"numbers": ["G1"], "actions": [{"type": "reply", "text": "{{x}}"}]},
    ):
        with pytest.raises(InvalidInput):
            ask("create_bulk", actor=li, **{"actions": TAG, **given})
    for _ in range(bulks.MOST_UNFINISHED):
        ordered(ask, ["G1"], li)
    with pytest.raises(TooMany):
        ordered(ask, ["G1"], li)


def test_an_order_is_sealed_where_texts_are(desk: Desk, database: Database):
    sealing = Database(database.engine, "ticketing", KeyRing({"k": b"1" * 32}), seals_texts=True)
    note = {"type": "add_note", "text": "客户说杯子碎了"}
    number = desk.open()["number"]

    def order(uow: Any, who: Actor, now: Any, **_: Any) -> UUID:
        return create_bulk(uow, who, now, Order(numbers=[number], actions=[note]))

    Desk(sealing).do(order, desk.boss)
    assert desk.scalar("SELECT wanted IS NULL AND sealed IS NOT NULL FROM ticket_bulks")
    work(sealing)
    last = Desk(sealing).show(number)["timeline"]["items"][-1]
    assert last["text"] == "客户说杯子碎了"


def test_old_orders_are_forgotten(ask: Ask, desk: Desk, database: Database):
    ordered(ask, opened(ask, 1))
    work(database)
    tidy_bulks(database, utc_now())
    assert desk.scalar("SELECT count(*) FROM ticket_bulks") == 1
    tidy_bulks(database, utc_now() + bulks.KEPT * 1.1)
    assert desk.scalar("SELECT count(*) FROM ticket_bulk_items") == 0
