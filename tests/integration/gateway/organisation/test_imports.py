"""Accounts from spreadsheets."""

import csv
import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text
from urllib3 import encode_multipart_formdata

from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, problem_of
from tests.support.organisation import (
    add_account,
    add_group,
    add_unit,
    made,
    new_name,
    told,
    value,
)

pytestmark = pytest.mark.services("gateway")

HEAD = ["登录名", "姓名", "角色", "部门", "区域", "组", "分机", "邮箱", "手机", "职务", "语言"]


def as_csv(*rows: dict[str, str], encoding: str = "utf-8-sig") -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, HEAD)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode(encoding)


def send(browser: Browser, content: bytes, query: str = "", **headers: str) -> Any:
    """As a form with one file."""
    body, headers["Content-Type"] = encode_multipart_formdata({"file": ("账号.csv", content)})
    return browser.post(f"/accounts/imports?{query}", data=body, headers=headers)


def row(login: str, **values: str) -> dict[str, str]:
    return {"登录名": login, "姓名": "张三", "角色": "客服", **values}


def outcomes(shown: dict[str, Any]) -> dict[str, str]:
    return {one["login"]: one["outcome"] for one in shown["rows"]}


def faults(shown: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [
        (one["line"], error["column"], error["problem"])
        for one in shown["rows"]
        for error in one["errors"]
    ]


def test_a_preview_says_what_would_come_and_does_nothing(
    administrator: Browser, database: Database
) -> None:
    known = add_account(administrator, name="李四")
    same = add_account(administrator, name="王五")
    before = value(database, "SELECT count(*) FROM people")
    new = new_name("CS")
    content = as_csv(
        row(new),
        row(known["login"].lower(), 姓名="李四四"),
        row(same["login"], 姓名="王五"),
        row(new_name("CS"), 角色="皇帝"),
    )
    shown = made(send(administrator, content, "preview=true"))
    assert shown["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "failed": 1}
    assert [one["outcome"] for one in shown["rows"]] == [
        "created",
        "updated",
        "unchanged",
        "failed",
    ]
    assert shown["rows"][1]["changes"] == ["name"]
    assert faults(shown) == [(5, "role", "unknown")]
    assert shown["is_preview"] is True
    assert all(one["initial_password"] is None for one in shown["rows"])
    assert value(database, "SELECT count(*) FROM people") == before


def test_an_import_makes_people_who_can_log_in(
    administrator: Browser, browser: Browser, database: Database
) -> None:
    group, department = add_group(administrator), add_unit(administrator)
    login = new_name("CS")
    content = as_csv(
        row(
            login,
            部门=department["name"],
            组=f"{group['name']}、",
            分机="8899",
            邮箱=f"{login}@example.com",
            手机="13511112222",
            职务="客服专员",
            语言="英文",
        )
    )
    [shown] = made(send(administrator, content))["rows"]
    account = made(administrator.get(f"/accounts/{shown['person_id']}"))
    assert account["department"]["name"] == department["name"]
    assert [one["name"] for one in account["groups"]] == [group["name"]]
    assert (account["extension"], account["title"]) == ("8899", "客服专员")
    assert (account["email"], account["phone"]) == (
        f"{login.lower()}@example.com",
        "+8613511112222",
    )
    assert (account["language"], account["role"]) == ("en", "agent")
    entered = browser.log_in(login, shown["initial_password"])
    assert entered.get_json()["must_change_password"] is True
    [event] = told(database, "person_changed", shown["person_id"])
    assert event["group_ids"] == [group["group_id"]]
    assert told(database, "group_changed", group["group_id"])[-1]["version"] == 2


def test_known_people_are_changed_where_the_file_says_something(
    administrator: Browser, database: Database
) -> None:
    old, new = add_group(administrator), add_group(administrator)
    groups = [{"group_id": old["group_id"], "is_lead": True}]
    account = add_account(administrator, title="旧职务", extension="1", groups=groups)
    both = f"{new['name']};{old['name']}"
    content = as_csv({"登录名": account["login"].lower(), "职务": "新职务", "组": both})
    [shown] = made(send(administrator, content))["rows"]
    assert (shown["outcome"], shown["changes"]) == ("updated", ["title", "groups"])
    assert shown["initial_password"] is None
    changed = made(administrator.get(f"/accounts/{account['person_id']}"))
    assert (changed["title"], changed["extension"], changed["name"]) == ("新职务", "1", "张三")
    assert {one["name"]: one["is_lead"] for one in changed["groups"]} == {
        old["name"]: True,
        new["name"]: False,
    }
    assert [event["title"] for event in told(database, "person_changed", account["person_id"])] == [
        "旧职务",
        "新职务",
    ]


def test_the_same_file_again_changes_nothing(administrator: Browser, database: Database) -> None:
    content = as_csv(*(row(new_name("CS"), 邮箱=f"{new_name('m')}@example.com") for _ in range(3)))
    made(send(administrator, content))
    before = value(database, "SELECT count(*) FROM outbox")
    again = made(send(administrator, content))
    assert again["counts"] == {"created": 0, "updated": 0, "unchanged": 3, "failed": 0}
    assert value(database, "SELECT count(*) FROM outbox") == before


def test_with_a_row_that_fails_nothing_is_imported_unless_it_may_be_left_out(
    administrator: Browser, database: Database
) -> None:
    good = new_name("CS")
    content = as_csv(row(good), row("?"))
    refused = problem_of(send(administrator, content), 422)
    assert refused["code"] == "import.has_errors"
    assert [one["line"] for one in refused["rows"]] == [3]
    query = "SELECT count(*) FROM people WHERE login = :login"
    assert value(database, query, login=good) == 0
    shown = made(send(administrator, content, "skip_errors=true"))
    assert shown["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "failed": 1}
    assert value(database, query, login=good) == 1


def test_every_row_says_what_is_wrong_with_it(administrator: Browser) -> None:
    taken = add_account(administrator, email=f"{new_name('taken')}@example.com")
    content = as_csv(
        {"登录名": "CS9001"},
        row("CS9002", 部门="没有/这个"),
        row("CS9003", 组="没有这个组"),
        row("CS9004", 邮箱=taken["email"]),
        row("CS9005", 手机="13522223333"),
        row("CS9006", 手机="135 2222 3333"),
        row("cs9005"),
        row("CS9007", 角色="员工", 组=add_group(administrator)["name"]),
        row("CS9008", 角色="客户"),
    )
    shown = made(send(administrator, content, "preview=true"))
    assert faults(shown) == [
        (2, "role", "required"),
        (2, "name", "required"),
        (3, "department", "unknown"),
        (4, "groups", "unknown"),
        (5, "email", "taken"),
        (7, "phone", "repeated"),
        (8, "login", "repeated"),
        (9, "groups", "staff_only"),
        (10, "role", "unknown"),
    ]


def test_departments_that_are_missing_are_made_if_asked(
    administrator: Browser, database: Database
) -> None:
    top, below, region = new_name("新部"), new_name("新组"), new_name("新区")
    logins = [new_name("CS") for _ in range(3)]
    content = as_csv(
        row(logins[0], 部门=f"{top}/{below}", 区域=region),
        row(logins[1], 部门=f"{top}/{below}"),
        row(logins[2], 部门="不该有的", 角色="皇帝"),
    )
    query = "create_units=true&skip_errors=true"
    preview = made(send(administrator, content, f"{query}&preview=true"))
    assert (preview["new_departments"], preview["new_regions"]) == (
        [top, f"{top}/{below}"],
        [region],
    )
    count = "SELECT count(*) FROM departments WHERE name IN (:top, :below)"
    assert value(database, count, top=top, below=below) == 0
    shown = made(send(administrator, content, query))
    assert shown["new_departments"] == preview["new_departments"]
    assert value(database, count, top=top, below=below) == 2
    departments = {
        made(administrator.get(f"/accounts/{one['person_id']}"))["department"]["department_id"]
        for one in shown["rows"][:2]
    }
    [department_id] = departments
    [event] = told(database, "department_changed", department_id)
    assert event["name"] == below
    assert value(database, count, top="不该有的", below="") == 0


def test_who_manages_people_only_makes_no_departments(
    administrator: Browser, browser: Browser, database: Database
) -> None:
    role = {
        "key": "importer",
        "name_zh": "导入员",
        "name_en": "Importer",
        "ticket_scope": "own",
        "permissions": ["session.own", "person.read", "person.manage"],
    }
    made(administrator.post("/roles", json=role))
    account = add_account(administrator, "importer")
    with database.begin() as uow:
        uow.session.execute(text("UPDATE people SET must_change_password = false"))
        uow.commit()
    browser.log_in(account["login"], account["password"])
    content = as_csv(row(new_name("CS")), row("AD001"), row(new_name("IM"), 角色="importer"))
    assert problem_of(send(browser, content, "create_units=true"), 403)["code"] == (
        "permission.missing"
    )
    shown = made(send(browser, content, "preview=true"))
    assert faults(shown) == [
        (2, "role", "beyond_own"),
        (3, "login", "beyond_own"),
        (3, "role", "beyond_own"),
    ]


def test_the_last_administrator_is_not_imported_away(administrator: Browser) -> None:
    refused = send(administrator, as_csv(row("AD001", 角色="agent")))
    assert problem_of(refused, 409)["code"] == "role.last_keeper"


def test_raised_rights_raise_an_alert_here_too(administrator: Browser, database: Database) -> None:
    account = add_account(administrator)
    made(send(administrator, as_csv({"登录名": account["login"], "角色": "主管"})))
    query = "SELECT count(*) FROM alerts WHERE kind = 'rights_raised' AND person_id = :id"
    assert value(database, query, id=account["person_id"]) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_files_come_in_many_encodings(administrator: Browser, encoding: str) -> None:
    content = as_csv(row(new_name("CS"), 姓名="欧阳锋"), encoding=encoding)
    [shown] = made(send(administrator, content, "preview=true"))["rows"]
    assert shown["name"] == "欧阳锋"


def test_a_workbook_is_imported_and_its_own_columns_are_told(administrator: Browser) -> None:
    book = Workbook()
    book.active.append(["工号", "姓名", "角色", "生日", "分机"])
    book.active.append([new_name("CS"), "张三", "agent", "1990-01-01", 8888])
    file = io.BytesIO()
    book.save(file)
    shown = made(send(administrator, file.getvalue()))
    assert (shown["ignored_columns"], shown["counts"]["created"]) == (["生日"], 1)
    account = made(administrator.get(f"/accounts/{shown['rows'][0]['person_id']}"))
    assert account["extension"] == "8888"


def test_five_thousand_people_are_one_import(administrator: Browser, database: Database) -> None:
    prefix = new_name("BULK")
    content = as_csv(
        *(
            row(f"{prefix}-{n}", 邮箱=f"{prefix}-{n}@example.com", 手机=f"137{n:08d}")
            for n in range(5_000)
        )
    )
    key = {"Idempotency-Key": "import-five-thousand"}
    shown = made(send(administrator, content, **key))
    assert shown["counts"]["created"] == 5_000
    assert len({one["initial_password"] for one in shown["rows"]}) == 5_000
    assert made(send(administrator, content, **key)) == shown
    query = "SELECT count(*) FROM people WHERE login LIKE :prefix"
    assert value(database, query, prefix=f"{prefix}-%") == 5_000
    events = "SELECT count(*) FROM outbox WHERE body LIKE :prefix"
    assert value(database, events, prefix=f'%"login":"{prefix}-%') == 5_000


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file.empty"),
        ("姓名,角色\n张三,客服".encode(), 422, "columns.missing"),
        (b"PK\x03\x04", 422, "file.unreadable"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), 415, "file.old_excel"),
        (b"a" * (5 * 2**20 + 1), 413, "file.too_large"),
    ],
)
def test_a_file_that_is_none_is_refused(
    administrator: Browser, content: bytes, status: int, code: str
) -> None:
    assert problem_of(send(administrator, content), status)["code"] == code


def test_what_is_no_upload_is_refused(administrator: Browser) -> None:
    problem_of(administrator.post("/accounts/imports", json={}), 415)
    other = {"data": {"other": (io.BytesIO(b"x"), "x.csv")}}
    assert "file" in problem_of(administrator.post("/accounts/imports", **other), 422)["errors"]
    query = administrator.post("/accounts/imports?dry=1")
    assert "dry" in problem_of(query, 422)["errors"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_a_file_to_fill_in(administrator: Browser, language: str) -> None:
    answer = administrator.get(f"/accounts/import-template?format=csv&language={language}")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    answer = administrator.get(f"/accounts/import-template?language={language}")
    book = load_workbook(io.BytesIO(answer.data))
    assert len(book.worksheets) == 2
    notes = {row[0].value for row in book.worksheets[1].iter_rows()}
    assert {"agent", "administrator", "auditor"} <= notes
    # Nothing but a head: imported as it is, it holds nobody.
    assert made(send(administrator, answer.data, "preview=true"))["rows"] == []


def test_others_import_nothing(supervisor: Browser) -> None:
    problem_of(send(supervisor, as_csv(row("CS9999"))), 403)
    problem_of(supervisor.get("/accounts/import-template"), 403)
