"""Finding accounts among very many."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from gateway.auth.passwords import new_initial_password
from gateway.organisation.account_list import list_accounts
from libs.common.crypto import BlindIndex
from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, problem_of
from tests.support.organisation import add_account, add_group, add_unit, made, new_name

pytestmark = pytest.mark.services("gateway")

MANY = 10_000


@pytest.fixture(scope="module", autouse=True)
def _crowd(database: Database) -> None:
    """Ten thousand people who have nothing to do with the tests."""
    with database.begin() as uow:
        uow.session.execute(
            text(
                "INSERT INTO people (person_id, login, name, password_hash, role, created_at) "
                "SELECT gen_random_uuid(), 'X' || n, '员工' || n, :password, 'agent', "
                "  now() - n * interval '1 minute' FROM generate_series(1, :many) AS n"
            ),
            {"password": new_initial_password()[1], "many": MANY},
        )
        uow.commit()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE people"))


def listed(browser: Browser, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = made(browser.get(f"/accounts?{query}"))["items"]
    return items


def logins(browser: Browser, query: str) -> list[str]:
    return [item["login"] for item in listed(browser, query)]


def pages(browser: Browser, query: str) -> Iterator[list[dict[str, Any]]]:
    cursor = ""
    while True:
        page = made(browser.get(f"/accounts?{query}{cursor}"))
        yield page["items"]
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("sort", ["login", "-login", "name", "-name", "created_at", "-created_at"])
def test_pages_show_everybody_once_in_order(administrator: Browser, sort: str) -> None:
    name = sort.lstrip("-")
    found = [
        (item[name].lower() if name == "login" else item[name], item["person_id"])
        for items in pages(administrator, f"q=X99&limit=7&sort={sort}")
        for item in items
    ]
    assert len(found) == 1 + 10 + 100
    assert found == sorted(found, reverse=sort.startswith("-"))
    assert len(set(found)) == len(found)


def test_somebody_is_found_by_what_is_known_of_them(administrator: Browser) -> None:
    account = add_account(
        administrator,
        name="欧阳锋",
        email="ouyang.feng@example.com",
        phone="13812345678",
        extension="*7777",
    )
    for words in (
        account["login"].lower(),
        "阳锋",
        "*77",
        "Ouyang.Feng@Example.com",
        "138 1234 5678",
        "%2B8613812345678",
    ):
        assert logins(administrator, f"q={words}") == [account["login"]], words
    for words in ("ouyang.feng@example.co", "1381234567", "%25", "阳_", "nobody"):
        assert logins(administrator, f"q={words}") == [], words


def test_the_list_shortens_addresses_and_the_account_shows_them(administrator: Browser) -> None:
    account = add_account(administrator, email="li.si@example.com", phone="13811112222")
    [shown] = listed(administrator, f"q={account['login']}")
    assert (shown["email"], shown["phone"]) == ("l***@example.com", "138****2222")
    assert shown["is_masked"] is True
    whole = administrator.get(f"/accounts/{account['person_id']}").get_json()
    assert (whole["email"], whole["phone"]) == ("li.si@example.com", "+8613811112222")
    assert whole["is_masked"] is False


def test_an_auditor_sees_people_and_no_addresses(
    administrator: Browser, browser: Browser, database: Database
) -> None:
    auditor = add_account(administrator, "auditor", email="auditor@example.com")
    with database.begin() as uow:
        uow.session.execute(text("UPDATE people SET must_change_password = false"))
        uow.commit()
    assert browser.log_in(auditor["login"], auditor["password"]).status_code == 200
    shown = browser.get(f"/accounts/{auditor['person_id']}").get_json()
    assert (shown["email"], shown["is_masked"]) == ("a***@example.com", True)
    problem_of(browser.patch(f"/accounts/{auditor['person_id']}", json={"name": "x"}), 403)


def test_filters_narrow_the_list(administrator: Browser) -> None:
    parent = add_unit(administrator)
    department = add_unit(administrator, parent_id=parent["department_id"])
    group = add_group(administrator)
    inside = add_account(
        administrator,
        department_id=department["department_id"],
        groups=[{"group_id": group["group_id"]}],
    )
    employee = add_account(administrator, "employee", department_id=parent["department_id"])
    path = f"/accounts/{employee['person_id']}/activity"
    made(administrator.put(path, json={"is_active": False}))
    below = f"department_id={parent['department_id']}"
    assert logins(administrator, f"group_id={group['group_id']}") == [inside["login"]]
    assert set(logins(administrator, below)) == {inside["login"], employee["login"]}
    assert logins(administrator, f"department_id={department['department_id']}") == [
        inside["login"]
    ]
    assert logins(administrator, f"{below}&is_active=false") == [employee["login"]]
    assert logins(administrator, f"{below}&kind=staff") == [inside["login"]]
    assert logins(administrator, f"{below}&role=employee") == [employee["login"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sort=password_hash", "sort"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyIyIl0", "cursor"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("kind=customer", "kind"),
        ("department_id=x", "department_id"),
        ("who=me", "who"),
    ],
)
def test_a_bad_query_names_the_parameter(administrator: Browser, query: str, field: str) -> None:
    assert field in problem_of(administrator.get(f"/accounts?{query}"), 422)["errors"]


def test_a_cursor_of_another_order_is_refused(administrator: Browser) -> None:
    cursor = made(administrator.get("/accounts?limit=1&sort=created_at"))["next_cursor"]
    other = administrator.get(f"/accounts?limit=1&sort=login&cursor={cursor}")
    assert problem_of(other, 422)["code"] == "cursor.invalid"


def plan_of(database: Database, **wanted: Any) -> list[dict[str, Any]]:
    """The nodes of the plan of the list's own statement, with what they really did."""
    statements: list[str] = []
    with database.begin(read_only=True) as uow:
        connection = uow.session.connection()
        raw = connection.connection.cursor()
        list_accounts(
            Recording(uow.session, statements), BlindIndex(b"k" * 32), {"limit": 50, **wanted}
        )
        raw.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statements[0]}")
        [[[plan]]] = raw.fetchall()
    return list(nodes(plan["Plan"]))


class Recording:
    """A session that keeps its first statement as the server gets it."""

    def __init__(self, session: Any, statements: list[str]) -> None:
        self._session = session
        self._statements = statements

    def execute(self, statement: Any, *args: Any, **options: Any) -> Any:
        compiled = statement.compile(self._session.get_bind())
        cursor = self._session.connection().connection.cursor()
        self._statements.append(cursor.mogrify(str(compiled), compiled.params).decode())
        return self._session.execute(statement, *args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.mark.parametrize("sort", ["login", "-login", "name", "-name", "created_at", "-created_at"])
def test_a_page_of_ten_thousand_is_read_from_an_index_in_order(
    database: Database, sort: str
) -> None:
    found = plan_of(database, sort=sort)
    assert {node["Node Type"] for node in found} <= {"Limit", "Index Scan"}
    assert found[-1]["Actual Rows"] <= 51


def test_a_page_from_the_middle_reads_no_more(administrator: Browser, database: Database) -> None:
    cursor = made(administrator.get("/accounts?q=X5&limit=100&sort=login"))["next_cursor"]
    found = plan_of(database, sort="login", cursor=cursor)
    assert {node["Node Type"] for node in found} <= {"Limit", "Index Scan"}
    assert found[-1]["Actual Rows"] <= 51
    assert found[-1].get("Rows Removed by Filter", 0) == 0


@pytest.mark.parametrize("words", ["ouyang.feng@example.com", "13812345678"])
def test_an_address_is_found_without_reading_everybody(database: Database, words: str) -> None:
    if "@" in words:
        found = plan_of(database, sort="login", q=words)
        assert "Seq Scan" not in {node["Node Type"] for node in found}
    else:
        # Digits may be part of a login as well: everybody is looked at, once.
        found = plan_of(database, sort="login", q=words)
        assert sum(node["Actual Loops"] for node in found if "Scan" in node["Node Type"]) == 1


def test_names_like_others_are_told_apart(administrator: Browser) -> None:
    accounts = [add_account(administrator, name="同名同姓") for _ in range(3)]
    query = f"q={'同名同姓'}&sort=name&limit=1"
    found = [items[0]["login"] for items in pages(administrator, query)]
    assert sorted(found) == sorted(account["login"] for account in accounts)


def test_only_who_can_be_given_work_is_offered(administrator: Browser, supervisor: Browser) -> None:
    group, name = add_group(administrator), new_name("同组")
    groups = [{"group_id": group["group_id"]}]
    agent = add_account(administrator, "agent", name=name, groups=groups)
    technician = add_account(administrator, "technician", name=name)
    for role in ("administrator", "auditor", "employee"):
        add_account(administrator, role, name=name)
    offered = made(supervisor.get(f"/people?q={name}"))["items"]
    assert {one["login"] for one in offered} == {agent["login"], technician["login"]}
    assert offered[0].keys() == {"person_id", "login", "name", "role", "role_name", "is_active"}
    in_group = made(supervisor.get(f"/people?group_id={group['group_id']}"))["items"]
    assert [one["login"] for one in in_group] == [agent["login"]]
