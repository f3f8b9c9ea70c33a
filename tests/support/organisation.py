"""An organisation as tests make it, through the interface, and what is told of it."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import orjson
from sqlalchemy import text

from libs.common.contracts.envelope import load_event
from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser

_numbers = count(1)
UNKNOWN = "0192f0c1-0000-7000-8000-00000000000f"


def new_name(prefix: str = "组") -> str:
    """A name that no other test of the run has."""
    return f"{prefix}{next(_numbers)}"


def made(response: Any) -> dict[str, Any]:
    """What was made, or changed."""
    assert response.status_code in (200, 201), response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    return body


def etag_of(browser: Browser, path: str) -> dict[str, str]:
    return {"If-Match": browser.get(path).headers["ETag"]}


def add_account(browser: Browser, role: str = "agent", **values: Any) -> dict[str, Any]:
    """The account, with its initial password."""
    body = {"login": new_name("CS"), "name": "张三", "role": role, **values}
    answer = made(browser.post("/accounts", json=body))
    return {**answer["account"], "password": answer["initial_password"]}


def add_group(browser: Browser, **values: Any) -> dict[str, Any]:
    return made(browser.post("/groups", json={"name": new_name("客服组"), **values}))


def add_unit(browser: Browser, kind: str = "departments", **values: Any) -> dict[str, Any]:
    return made(browser.post(f"/{kind}", json={"name": new_name("部门"), **values}))


def put_members(browser: Browser, group: dict[str, Any], *members: dict[str, Any]) -> Any:
    path = f"/groups/{group['group_id']}"
    body = {"members": list(members)}
    return browser.put(f"{path}/members", json=body, headers=etag_of(browser, path))


def told(database: Database, kind: str, subject: str) -> list[dict[str, Any]]:
    """The data of what the outbox holds about a subject, in the order of its telling."""
    query = text("SELECT body FROM outbox WHERE type = :type ORDER BY outbox_id")
    with database.begin(read_only=True) as uow:
        bodies: Sequence[str] = uow.session.scalars(query, {"type": f"directory.{kind}"}).all()
    events = [load_event(body) for body in bodies]
    return [
        {name: orjson.loads(orjson.dumps(value)) for name, value in event.data.items()}
        for event in events
        if event.subject == subject
    ]


def value(database: Database, query: str, **parameters: Any) -> Any:
    """One value out of the database."""
    with database.begin(read_only=True) as uow:
        return uow.session.execute(text(query), parameters).scalar()
