"""Search finds what tickets say, soon after it is said, and nothing outside the actor's scope."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from libs.common.cursor import encode_cursor
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput
from services.ticketing.queries import search_candidates
from services.ticketing.queries.ticket_search import search_tickets
from services.ticketing.use_cases import working
from services.ticketing.use_cases.index_tickets import index_some
from tests.integration.ticketing.desk import Desk, agent, message

Search = Callable[..., list[str]]


@pytest.fixture(scope="module")
def page(database: Database, desk: Desk) -> Callable[..., dict[str, Any]]:
    """A page of results once search has caught up."""

    def ask(q: str, who: Any = None, filters: Any = None, **more: Any) -> dict[str, Any]:
        while index_some(database):
            pass
        found: dict[str, Any] = desk.ask(search_tickets, who or desk.boss, q, filters or {}, **more)
        return found

    return ask


@pytest.fixture(scope="module")
def search(page: Callable[..., dict[str, Any]]) -> Search:
    def ask(q: str, who: Any = None, **filters: Any) -> list[str]:
        return [row["subject"] for row in page(q, who, filters)["items"]]

    return ask


@pytest.fixture(scope="module")
def samples(desk: Desk) -> dict[str, dict[str, Any]]:
    """What a shop is written, by subject."""
    told = {
        "空气净化器无法开机": "按了电源键没有反应,昨天刚收到货。",
        "退款迟迟没有到账": "订单 20231001778 申请退款已经七天。",
        "怎么开发票": "请把发票抬头改成公司名称。",
        "Printer offline after update": "The printer refuses jobs, error E-1042, since the refund.",
        "登录页面打不开": "瀏覽器顯示網絡錯誤,無法登錄。",
        "咖啡机漏水": "申请退货退款,不要换货。",
    }
    return {subject: desk.open(subject=subject, text=text) for subject, text in told.items()}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("净化器", ["空气净化器无法开机"]),
        ("电源", ["空气净化器无法开机"]),
        ("退款", ["退款迟迟没有到账", "咖啡机漏水"]),
        ("退款 到账", ["退款迟迟没有到账"]),
        ("退款 -漏水", ["退款迟迟没有到账"]),
        ("subject:退款", ["退款迟迟没有到账"]),
        ("主题:退款", ["退款迟迟没有到账"]),
        ("发票抬头", ["怎么开发票"]),
        ("printers", ["Printer offline after update"]),
        ("PRINTER refund", ["Printer offline after update"]),
        ("e-1042", ["Printer offline after update"]),
        ("网络错误", ["登录页面打不开"]),
        ("網絡", ["登录页面打不开"]),
        ("20231001778", ["退款迟迟没有到账"]),
        ("20231001", ["退款迟迟没有到账"]),
        ('"退货退款"', ["咖啡机漏水"]),
        ("“退款 退货”", []),
        ("-“退货退款” 退款", ["退款迟迟没有到账"]),
        ("退款 assignee:none -status:已解决", ["退款迟迟没有到账", "咖啡机漏水"]),
        ("漏水 status:solved", []),
        ("不存在的东西xyz", []),
    ],
)
def test_words_are_found_as_people_write_them(
    query: str, wanted: list[str], samples: dict[str, Any], search: Search
) -> None:
    found = [subject for subject in search(query) if subject in samples]
    assert sorted(found) == sorted(wanted)


def test_what_has_the_words_in_its_subject_comes_first(samples: Any, search: Search) -> None:
    assert next(one for one in search("退款") if one in samples) == "退款迟迟没有到账"


def test_a_ticket_is_found_by_its_number_at_once(desk: Desk) -> None:
    """Before its words are cut."""
    ticket = desk.open(subject="刚刚登记")
    found = desk.ask(search_tickets, desk.boss, ticket["number"], {})
    assert [row["number"] for row in found["items"]] == [ticket["number"]]


def test_notes_replies_and_solutions_are_found_and_marked(desk: Desk, page: Any) -> None:
    number = desk.open(subject="普通问题")["number"]
    note = "仓库确认该批次陶瓷杯全部召回。"
    desk.change(working.add_note, desk.boss, number=number, text=note, attachment_ids=[])
    [row] = page("陶瓷杯 召回")["items"]
    [snippet] = [one for one in row["snippets"] if one["field"] == "note"]
    assert "".join(part["text"] for part in snippet["segments"]) == note
    hits = [part["text"] for part in snippet["segments"] if part["is_hit"]]
    assert "召回" in hits
    assert {one["field"] for one in row["snippets"]} == {"subject", "note"}


def test_search_follows_what_is_edited(desk: Desk, search: Search) -> None:
    ticket = desk.open(subject="紫砂壶开裂", fields={"order_no": "XQ-778899"})
    assert search("紫砂壶") == ["紫砂壶开裂"]
    assert search("field.order_no:XQ-778899") == ["紫砂壶开裂"]
    assert search("field.other:XQ-778899") == []
    changes = {"subject": "青花瓷开裂", "tags": ["易碎 品"]}
    desk.change(
        working.edit_ticket,
        desk.boss,
        number=ticket["number"],
        version=ticket["version"],
        changes=changes,
        reason=None,
    )
    assert search("紫砂壶") == []
    assert search("青花瓷") == search('tag:"易碎 品"') == ["青花瓷开裂"]


def test_customers_are_found_by_name(desk: Desk, search: Search) -> None:
    desk.open(subject="来自欧阳", customer_name="欧阳明珠", text="说明")
    desk.open(subject="提到欧阳", customer_name="李华", text="转告欧阳明珠")
    assert search("customer:欧阳明珠") == ["来自欧阳"]
    assert sorted(search("欧阳明珠")) == ["提到欧阳", "来自欧阳"]


def test_nothing_outside_the_scope_appears(desk: Desk, page: Any) -> None:
    """Not as a row, nor in a count, nor in a snippet; nor by number."""
    li, han = agent("李雷"), agent("韩梅")
    hidden = desk.open(subject="绝密榴莲订单", text="榴莲送错了")
    own = desk.open(subject="榴莲到货通知", text="榴莲到了")
    for ticket, who in ((hidden, han), (own, li)):
        desk.change(
            working.assign_ticket,
            desk.boss,
            number=ticket["number"],
            assignee_id=who.subject,
            assignee_name=who.name,
            note=None,
        )
    assert page("榴莲")["total"]["value"] == 2
    found = page("榴莲", li)
    assert [row["number"] for row in found["items"]] == [own["number"]]
    assert found["total"] == {"value": 1, "is_exact": True}
    assert "绝密" not in str(found)
    for query in (hidden["number"], "绝密榴莲订单", "-苹果 榴莲 送错", "assignee:韩梅"):
        assert page(query, li)["items"] == []


def test_pages_go_on_behind_one_another(desk: Desk, page: Any) -> None:
    subjects = {desk.open(subject=f"荔枝第{number}箱")["subject"] for number in range(7)}
    seen, cursor = [], None
    while True:
        found = page("荔枝", limit=3, cursor=cursor)
        seen += [row["subject"] for row in found["items"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == subjects


def test_filters_of_lists_narrow_it(desk: Desk, search: Search) -> None:
    desk.open(subject="芒果变质", urgency="critical")
    desk.open(subject="芒果缺货")
    assert search("芒果", urgency="critical") == ["芒果变质"]
    assert search("芒果 urgency:normal") == ["芒果缺货"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"q": " "}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "退款", "sort": "age"}, "sort"),
        ({"q": "退款", "limit": 0}, "limit"),
        ({"q": "退款", "cursor": "abc"}, "cursor"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(
    desk: Desk, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.ask(search_tickets, desk.boss, filters={}, **given)
    assert field in refused.value.details["errors"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=st.text(min_size=1, max_size=200).filter(lambda one: one.replace("\x00", "").strip()))
@example(q="':*A & | ! <-> \\ ( '' @tag:x")
@example(q='"' * 199 + "退")
@example(q=":" * 200)
@example(q="-" * 200)
@example(q="status:' OR 1=1 -- assignee:% number:_ tag:\\")
@example(q="a:b:c:d field.:x field.x: :y -:z ‘’“")
def test_no_query_is_refused(desk: Desk, q: str) -> None:
    desk.ask(search_tickets, desk.boss, q, {})


def test_confidential_texts_stay_out(desk: Desk, search: Search) -> None:
    ticket = desk.open(subject="内部举报", text="涉及蓝鲸项目")
    with desk.database.begin() as uow:
        connection = uow.session.connection()
        given = (ticket["ticket_id"],)
        connection.exec_driver_sql(
            "UPDATE tickets SET is_confidential = true WHERE ticket_id = %s", given
        )
        uow.commit()
    assert search("蓝鲸") == []
    assert search("举报") == ["内部举报"]


def test_messages_of_customers_are_found(desk: Desk, search: Search) -> None:
    ticket_id = UUID(desk.open(subject="追加说明")["ticket_id"])
    assert search("犀牛") == []
    desk.file(message(ticket_id, opens=False, text="补充:还有一只犀牛摆件", customer_id=uuid4()))
    assert search("犀牛") == ["追加说明"]


# Of an index that may tell nothing, too much is expected at once.
@pytest.mark.parametrize(("many", "indexed"), [(1, 1), (100, 1), (100, 0)])
@pytest.mark.parametrize("who", ["boss", "pool"])
def test_a_look_that_goes_on_finds_everything_once(
    desk: Desk, page: Any, monkeypatch: Any, many: int, indexed: int, who: str
) -> None:
    word = f"kettle{uuid4().hex[:10]}"
    numbers = [desk.open(subject=f"{word} 第{one}台")["number"] for one in range(9)]
    for name, value in {"_GLANCE": 4, "_LOOK": 1_000, "_MANY": many, "_INDEXED": indexed}.items():
        monkeypatch.setattr(search_candidates, name, value)
    found = page(word, desk.boss if who == "boss" else agent(pools=True), limit=100)
    assert sorted(row["number"] for row in found["items"]) == sorted(numbers)
    assert found["total"] == {"value": 9, "is_exact": True}


@pytest.mark.parametrize("who", ["boss", "pool"])
@pytest.mark.parametrize("filters", [{}, {"kind": "inquiry"}])
def test_who_reads_on_comes_to_the_oldest_that_fits(
    desk: Desk, page: Any, monkeypatch: Any, who: str, filters: dict[str, str]
) -> None:
    word = f"teapot{uuid4().hex[:10]}"
    numbers = [desk.open(subject=f"{word} 第{one}只")["number"] for one in range(17)]
    for name, value in {"MOST": 3, "_GLANCE": 4, "_LOOK": 5, "_INDEXED": 0, "_FEW": 1}.items():
        monkeypatch.setattr(search_candidates, name, value)
    reader = desk.boss if who == "boss" else agent(pools=True)
    for sort in ("newest", "relevance"):
        seen, totals, cursor = [], [], None
        while True:
            found = page(word, reader, filters, limit=2, cursor=cursor, sort=sort)
            seen += [row["number"] for row in found["items"]]
            totals.append(found["total"])
            cursor = found["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(numbers)
        assert sort == "relevance" or seen == numbers[::-1]
        assert totals[0]["value"] < totals[-1]["value"] == 17
        assert not totals[0]["is_exact"]


@pytest.mark.parametrize(
    "values",
    [[0], [0, 0, None, 1], [0, 0, None, uuid4()], [201, 0, None, None], [0, -1, None, None]],
)
def test_a_cursor_that_no_page_gave_is_refused(desk: Desk, values: list[Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.ask(search_tickets, desk.boss, "退款", {}, cursor=encode_cursor(values))
    assert "cursor" in refused.value.details["errors"]
