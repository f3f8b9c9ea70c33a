"""What belongs to a customer: the company, and what other systems know."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.crypto import open_ring
from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from services.intake.queries import companies as asking
from services.intake.queries.external_records import get_surroundings, list_records
from services.intake.storage.external_records import RecordShelf
from services.intake.use_cases.companies import create_company, edit_company
from services.intake.use_cases.edit_customer import edit_customer
from services.intake.use_cases.external_records import drop_record, keep_record
from tests.integration.intake.desk import Desk
from tests.integration.intake.test_customers import person, register

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shelf(desk: Desk) -> RecordShelf:
    return RecordShelf(open_ring(desk.config))


def company(desk: Desk, **fields: Any) -> Any:
    with desk.database.begin() as uow:
        row = create_company(uow, utc_now(), **{"name": "潮汐科技有限公司"} | fields)
        made = asking.show_company(row)
        uow.commit()
        return made


def customer(desk: Desk, **fields: Any) -> UUID:
    found, _ = register(desk, name="韩梅梅", email=person(), **fields)
    return UUID(str(found.customer_id))


def keep(desk: Desk, shelf: RecordShelf, customer_id: UUID, **fields: Any) -> UUID:
    content = {"title": "订单 12345", "facts": [{"label": "收货地址", "value": "上海市某路 1 号"}]}
    given = {"source": "shop", "kind": "order", "key": "12345", "happened_at": NOON} | fields
    with desk.database.begin() as uow:
        record_id, _ = keep_record(
            uow,
            shelf,
            utc_now(),
            customer_id=customer_id,
            content=given.pop("content", content),
            **given,
        )
        uow.commit()
        return record_id


def records(desk: Desk, shelf: RecordShelf, customer_id: UUID, **page: Any) -> dict[str, Any]:
    with desk.database.begin(read_only=True) as uow:
        return list_records(uow.session, shelf, customer_id, **{"limit": 25} | page)


def test_customers_are_of_companies_and_everything_shows_at_once(
    desk: Desk, shelf: RecordShelf
) -> None:
    made = company(desk, code="C-1", remark="年框客户")
    customer_id = customer(desk, traits={"company_id": made["company_id"]})
    keep(desk, shelf, customer_id)
    with desk.database.begin(read_only=True) as uow:
        found = get_surroundings(uow.session, desk.room.book, shelf, customer_id)
    assert found["customer"]["company_id"] == made["company_id"]
    assert found["company"] == made
    [record] = found["records"]["items"]
    assert record["facts"] == [{"label": "收货地址", "value": "上海市某路 1 号"}]
    [told] = [
        event.data
        for event in desk.events("customer.registered")
        if event.data["customer_id"] == customer_id
    ]
    assert str(told["company_id"]) == made["company_id"]


def test_nobody_is_of_a_company_that_there_is_not(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refusal:
        customer(desk, traits={"company_id": str(uuid4())})
    assert refusal.value.code == "company.unknown"
    customer_id = customer(desk)
    with desk.database.begin() as uow, pytest.raises(InvalidInput):
        edit_customer(
            uow,
            desk.room.book,
            customer_id=customer_id,
            version=None,
            changes={"company_id": str(uuid4())},
        )


def test_a_code_is_one_companys(desk: Desk) -> None:
    company(desk, code="C-2")
    other = company(desk)
    with pytest.raises(Conflict):
        company(desk, code="C-2")
    with desk.database.begin() as uow, pytest.raises(Conflict):
        edit_company(uow, company_id=UUID(other["company_id"]), version=1, changes={"code": "C-2"})


def test_who_changes_a_company_must_have_seen_how_it_is(desk: Desk) -> None:
    made = company(desk)
    company_id = UUID(made["company_id"])
    with desk.database.begin() as uow:
        before, row = edit_company(
            uow, company_id=company_id, version=1, changes={"name": "新名字", "remark": None}
        )
        assert (before["name"], row.name, row.version) == ("潮汐科技有限公司", "新名字", 2)
        uow.commit()
    with desk.database.begin() as uow, pytest.raises(Stale):
        edit_company(uow, company_id=company_id, version=1, changes={"name": "x"})
    with desk.database.begin() as uow, pytest.raises(NotFound):
        edit_company(uow, company_id=uuid4(), version=None, changes={"name": "x"})


@pytest.mark.parametrize(
    ("field", "given"),
    [("name", ""), ("name", None), ("name", 7), ("code", "x" * 41), ("remark", ["x"])],
)
def test_a_company_is_refused_by_the_name_of_the_field(desk: Desk, field: str, given: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        company(desk, **{field: given})
    assert list(refusal.value.details["errors"]) == [field]


def test_companies_are_listed_by_name_page_by_page(desk: Desk) -> None:
    mark = uuid4().hex[:8]
    for number in range(5):
        company(desk, name=f"{mark} 公司 {number}")
    company(desk, name=f"{mark} 公司 0")
    names: list[str] = []
    cursor = None
    while True:
        with desk.database.begin(read_only=True) as uow:
            page = asking.list_companies(uow.session, mark, 2, cursor)
        names += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == [f"{mark} 公司 {number}" for number in (0, 0, 1, 2, 3, 4)]
    with desk.database.begin(read_only=True) as uow:
        assert asking.list_companies(uow.session, "100%_无此", 25, None)["items"] == []


def test_a_record_that_is_told_again_takes_the_place_of_the_first(
    desk: Desk, shelf: RecordShelf
) -> None:
    customer_id, other = customer(desk), customer(desk)
    key = uuid4().hex
    first = keep(desk, shelf, customer_id, key=key)
    again = keep(
        desk, shelf, customer_id, key=key, content={"title": "订单,已发货", "state": "已发货"}
    )
    assert first == again
    [record] = records(desk, shelf, customer_id)["items"]
    assert (record["title"], record["state"], record["facts"]) == ("订单,已发货", "已发货", [])
    # It turned out to be somebody else's.
    assert keep(desk, shelf, other, key=key) == first
    assert records(desk, shelf, customer_id)["items"] == []


def test_what_a_record_says_is_sealed(desk: Desk, shelf: RecordShelf) -> None:
    keep(desk, shelf, customer(desk), key=uuid4().hex)
    rows = desk.rows("SELECT sealed FROM external_records")
    assert rows
    assert not any("上海".encode() in bytes(row["sealed"]) for row in rows)


def test_records_are_listed_newest_first_page_by_page(desk: Desk, shelf: RecordShelf) -> None:
    customer_id = customer(desk)
    kept = [
        keep(desk, shelf, customer_id, key=uuid4().hex, happened_at=NOON + timedelta(days=day // 2))
        for day in range(5)
    ]
    seen: list[str] = []
    cursor = None
    while True:
        page = records(desk, shelf, customer_id, limit=2, cursor=cursor)
        seen += [one["record_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen[0] == str(kept[4])


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("kind", {"kind": "nonsense"}),
        ("source", {"source": ""}),
        ("source", {"source": "x" * 41}),
        ("key", {"key": "x" * 101}),
        ("title", {"content": {}}),
        ("url", {"content": {"title": "x", "url": "javascript:alert(1)"}}),
        ("url", {"content": {"title": "x", "url": "https://"}}),
        ("facts", {"content": {"title": "x", "facts": "x"}}),
        ("facts[0]", {"content": {"title": "x", "facts": [{"label": "x"}]}}),
        ("secret", {"content": {"title": "x", "secret": 1}}),
    ],
)
def test_a_record_is_refused_by_the_name_of_the_field(
    desk: Desk, shelf: RecordShelf, field: str, given: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        keep(desk, shelf, uuid4(), **given)
    assert list(refusal.value.details["errors"]) == [field]


def test_a_record_of_nobody_is_not_kept_and_a_dropped_one_is_gone(
    desk: Desk, shelf: RecordShelf
) -> None:
    with pytest.raises(NotFound):
        keep(desk, shelf, uuid4())
    customer_id = customer(desk)
    record_id = keep(desk, shelf, customer_id, key=uuid4().hex)
    with desk.database.begin() as uow:
        drop_record(uow, shelf, record_id=record_id)
        uow.commit()
    assert records(desk, shelf, customer_id)["items"] == []
    with desk.database.begin() as uow, pytest.raises(NotFound):
        drop_record(uow, shelf, record_id=record_id)
