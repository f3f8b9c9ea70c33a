"""Tickets from a spreadsheet: looked at, started, carried on after a crash, forgotten."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import text
from urllib3 import encode_multipart_formdata

from gateway.parts import EXTENSION
from gateway.ticket_import.carrying import carry_on, forget_imports
from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput, Unavailable
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

HEAD = ["主题", "描述", "客户姓名", "手机", "类型", "紧急程度", "字段:订单号", "备注"]
GOOD = [
    "杯子破损",
    "收到时\n已经碎了",
    "陈女士",
    "13800138000",
    "投诉",
    "紧急",
    "A-1",
    "不认识的列",
]


def as_csv(*rows: list[str], head: list[str] = HEAD, encoding: str = "utf-8-sig") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([head, *rows])
    return file.getvalue().encode(encoding)


def send(browser: Browser, content: bytes, name: str = "工单.csv", **headers: str) -> Any:
    body, kind = encode_multipart_formdata({"file": (name, content)})
    return browser.post("/ticket-imports", data=body, headers={"Content-Type": kind, **headers})


@pytest.fixture
def ring(app: Flask) -> KeyRing:
    found: KeyRing = app.extensions[EXTENSION].sealing.ring
    return found


@pytest.fixture(autouse=True)
def nothing_left(database: Database) -> Iterator[None]:
    yield
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM ticket_imports"))


@pytest.fixture
def desk(services: FakeServices) -> FakeServices:
    """Services that register whoever and whatever they are told, numbered as they come."""

    def customer(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        known = {"customer_id": "c", "name": args["name"], "region_id": None}
        return {"customer": known, "is_new": True}

    def ticket(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        if args["subject"] == "坏":
            message = {"errors": {"fields.order_no": ["is required"]}}
            raise InvalidInput("field.required", "fields.order_no: is required", message)
        count = len(services.calls("ticketing.create_ticket"))
        return {"number": f"G20261101{count:03}"}

    services.answer("intake.register_customer", customer)
    services.answer("ticketing.create_ticket", ticket)
    return services


def rows_of(browser: Browser, import_id: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(
        f"/ticket-imports/{import_id}/rows?{query}"
    ).get_json()["items"]
    return found


def run(database: Database, services: FakeServices, ring: KeyRing) -> None:
    while carry_on(database, services, ring, utc_now()):
        pass


def test_a_file_is_looked_at_before_anything_happens(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    wrong = ["", "x", "陈女士", "不是电话", "胡说", "一般", "", ""]
    made = send(supervisor, as_csv(GOOD, wrong)).get_json()
    assert (made["state"], made["total"]) == ("draft", 2)
    assert made["counts"] == {"ready": 1, "invalid": 1, "done": 0, "failed": 0}
    assert made["ignored_columns"] == ["备注"]
    [row] = rows_of(supervisor, made["import_id"], "state=invalid")
    assert row["row_number"] == 3
    assert set(row["errors"]) == {"subject", "phone", "kind"}
    run(database, desk, ring)
    assert desk.asked == []


def test_rows_become_tickets_in_the_name_of_who_started_it(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    rows = [[f"主题 {one}", *GOOD[1:]] for one in range(7)] + [["坏", *GOOD[1:]]]
    import_id = send(supervisor, as_csv(*rows)).get_json()["import_id"]
    begun = supervisor.post(f"/ticket-imports/{import_id}/start", json={})
    assert begun.get_json()["state"] == "running"
    run(database, desk, ring)
    ended = supervisor.get(f"/ticket-imports/{import_id}").get_json()
    assert (ended["state"], ended["counts"]["done"], ended["counts"]["failed"]) == ("done", 7, 1)
    created = desk.calls("ticketing.create_ticket")
    assert created[0].args == {
        "subject": "主题 0",
        "text": "收到时\n已经碎了",
        "kind": "complaint",
        "urgency": "urgent",
        "customer_id": "c",
        "customer_name": "陈女士",
        "region_id": None,
        "channel": "manual",
        "fields": {"订单号": "A-1"},
    }
    assert created[0].actor.name == ended["created_by"]["name"]
    assert desk.calls("intake.register_customer")[0].args["phone"] == "+8613800138000"
    [failed] = rows_of(supervisor, import_id, "state=failed")
    assert failed["errors"] == {"fields.order_no": ["is required"]}
    assert [row["number"] for row in rows_of(supervisor, import_id, "state=done")] == [
        f"G20261101{one:03}" for one in range(1, 8)
    ]


def test_tickets_of_a_file_come_into_their_categories(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    above, key = str(uuid4()), str(uuid4())
    names = {"zh": ["售后", "产品维修"], "en": ["After-sales", "Repair"]}
    known = {"category_id": key, "path": [above, key], "names": names, "is_active": True}
    desk.answer("ticketing.list_ticket_categories", {"items": [known]})
    head = [*HEAD, "工单分类"]
    rows = [[*GOOD, "售后/产品维修"], [*GOOD, "没有这一类"], [*GOOD, ""]]
    made = send(supervisor, as_csv(*rows, head=head)).get_json()
    [wrong] = rows_of(supervisor, made["import_id"], "state=invalid")
    assert (wrong["row_number"], set(wrong["errors"])) == (3, {"category"})
    supervisor.post(f"/ticket-imports/{made['import_id']}/start", json={"skip_errors": True})
    run(database, desk, ring)
    told = [call.args.get("category_id") for call in desk.calls("ticketing.create_ticket")]
    assert told == [key, None]


def test_what_was_done_before_a_crash_is_done_once(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    import_id = send(supervisor, as_csv(GOOD, GOOD, GOOD)).get_json()["import_id"]
    supervisor.post(f"/ticket-imports/{import_id}/start", json={})
    asked = 0
    register = desk._methods["intake.register_customer"]

    def away_at_the_third(args: dict[str, Any], actor: Actor) -> Any:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Unavailable("service.unavailable", "away")
        return register(args, actor)

    desk.answer("intake.register_customer", away_at_the_third)
    with pytest.raises(Unavailable):
        carry_on(database, desk, ring, utc_now())
    # Nothing of it was kept, two tickets were made: the same ids find them again.
    assert len(desk.calls("ticketing.create_ticket")) == 2
    run(database, desk, ring)
    ended = supervisor.get(f"/ticket-imports/{import_id}").get_json()
    assert (ended["state"], ended["counts"]["done"]) == ("done", 3)
    assert len(desk.calls("ticketing.create_ticket")) == 3
    assert len({row["number"] for row in rows_of(supervisor, import_id)}) == 3


def test_wrong_rows_are_left_out_only_if_that_is_wanted(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    import_id = send(supervisor, as_csv(GOOD, ["", *GOOD[1:]])).get_json()["import_id"]
    path = f"/ticket-imports/{import_id}/start"
    assert problem_of(supervisor.post(path, json={}), 409)["code"] == "ticket_import.has_errors"
    assert supervisor.post(path, json={"skip_errors": True}).status_code == 200
    assert problem_of(supervisor.post(path, json={}), 409)["code"] == "ticket_import.not_draft"
    run(database, desk, ring)
    assert len(desk.calls("ticketing.create_ticket")) == 1
    empty = send(supervisor, as_csv(["", *GOOD[1:]])).get_json()["import_id"]
    wanted = {"skip_errors": True}
    refused = supervisor.post(f"/ticket-imports/{empty}/start", json=wanted)
    assert problem_of(refused, 409)["code"] == "ticket_import.nothing_ready"


def test_an_import_is_given_up_and_forgotten(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    import_id = send(supervisor, as_csv(GOOD)).get_json()["import_id"]
    path = f"/ticket-imports/{import_id}"
    supervisor.post(f"{path}/start", json={})
    assert problem_of(supervisor.delete(path), 409)["code"] == "ticket_import.running"
    assert supervisor.post(f"{path}/cancel").get_json()["state"] == "cancelled"
    run(database, desk, ring)
    assert desk.asked == []
    assert supervisor.delete(path).status_code == 204
    problem_of(supervisor.get(path), 404)
    problem_of(supervisor.post(f"{path}/start", json={}), 404)


def test_whoever_left_the_company_imports_nothing_more(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    import_id = send(supervisor, as_csv(GOOD)).get_json()["import_id"]
    supervisor.post(f"/ticket-imports/{import_id}/start", json={})
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE people SET is_active = false WHERE login = 'CS900'"))
    run(database, desk, ring)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE people SET is_active = true WHERE login = 'CS900'"))
    assert supervisor.get(f"/ticket-imports/{import_id}").get_json()["state"] == "cancelled"
    assert desk.asked == []


def test_what_the_file_says_is_sealed_and_gone_when_it_is_done(
    supervisor: Browser, desk: FakeServices, database: Database, ring: KeyRing
) -> None:
    import_id = send(supervisor, as_csv(GOOD)).get_json()["import_id"]
    query = text("SELECT content_sealed FROM ticket_import_rows WHERE import_id = :id")
    with database.engine.connect() as connection:
        sealed = connection.execute(query, {"id": UUID(import_id)}).scalar_one()
    assert "陈女士".encode() not in bytes(sealed)
    supervisor.post(f"/ticket-imports/{import_id}/start", json={})
    run(database, desk, ring)
    with database.engine.connect() as connection:
        assert connection.execute(query, {"id": UUID(import_id)}).scalar_one() is None
    assert not forget_imports(database, utc_now())
    assert forget_imports(database, utc_now() + timedelta(days=31))
    problem_of(supervisor.get(f"/ticket-imports/{import_id}"), 404)


def bomb() -> bytes:
    """A workbook of 200 MB in a few hundred KB."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEAD)
    cell = "x" * 30_000
    for _ in range(400):
        sheet.append([cell] * 8)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file.empty"),
        (as_csv(), 422, "file.empty"),
        (as_csv(GOOD, head=["主题", *["?"] * 7]), 422, "columns.missing"),
        (as_csv(GOOD, head=[*HEAD[:3], "x", *HEAD[4:]]), 422, "columns.missing"),
        (as_csv(GOOD, head=[*HEAD[:7], "主题"]), 422, "columns.repeated"),
        (as_csv(*[["x"]] * 20_001), 413, "file.too_many_rows"),
        (as_csv(*[["x"]] * 100_000), 413, "file.too_many_rows"),
        (b"\xff\xfe\xff" + b"x" * 100, 422, "file.encoding_unknown"),
        (b"PK\x03\x04 no workbook", 422, "file.unreadable"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, 415, "file.old_excel"),
    ],
    ids=[
        *("nothing", "only a head", "columns missing", "no way to reach", "twice", "too long"),
        *("100,000 rows", "no encoding", "no workbook", "old excel"),
    ],
)
def test_a_hostile_or_wrong_file_ends_in_a_clear_report(
    supervisor: Browser, content: bytes, status: int, code: str
) -> None:
    assert problem_of(send(supervisor, content), status)["code"] == code


def test_a_bomb_is_not_unpacked(supervisor: Browser) -> None:
    assert problem_of(send(supervisor, bomb(), "a.xlsx"), 413)["code"] == "file.too_large"


def test_formulas_are_words_and_chinese_encodings_are_read(supervisor: Browser) -> None:
    rows = as_csv(["=HYPERLINK(1)", *GOOD[1:]], encoding="gb18030")
    made = send(supervisor, rows).get_json()
    [row] = rows_of(supervisor, made["import_id"])
    assert (row["subject"], row["customer_name"]) == ("=HYPERLINK(1)", "陈女士")


def test_a_repeated_upload_is_one_import(supervisor: Browser) -> None:
    key = {"Idempotency-Key": "import-0001"}
    first, second = (send(supervisor, as_csv(GOOD), **key).get_json() for _ in range(2))
    assert first["import_id"] == second["import_id"]
    assert len(supervisor.get("/ticket-imports").get_json()["items"]) == 1


def test_agents_import_nothing(agent: Browser) -> None:
    problem_of(send(agent, as_csv(GOOD)), 403)
    problem_of(agent.get("/ticket-imports"), 403)


@pytest.mark.parametrize(("language", "first"), [("zh", "主题"), ("en", "subject")])
def test_the_template_has_the_columns_that_are_known(
    supervisor: Browser, language: str, first: str
) -> None:
    answer = supervisor.get(f"/ticket-imports/template?language={language}")
    assert answer.data.decode("utf-8-sig").startswith(f"{first},")
