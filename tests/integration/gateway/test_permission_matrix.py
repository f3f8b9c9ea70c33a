"""Every route of the OpenAPI document with every shipped role, and without a login."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from gateway.auth.permissions import PERMISSIONS, WITHOUT_ROUTE
from gateway.auth.sessions import open_session
from gateway.openapi import build
from gateway.storage.people import RoleRow
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7

MATRIX = json.loads(
    (Path(__file__).parents[2] / "contracts" / "permission_matrix.json").read_text()
)
STAFF = [role for role in MATRIX if role != "customer"]
METHODS = ("get", "post", "put", "patch", "delete")
_VALUES = {
    "number": "G20231001001",
    "service": "ticketing",
    "key": "some_role",
    "failure_id": "1",
    "date": "2026-10-01",
    "version_number": "1",
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in build()["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


OPERATIONS = list(operations())


def address_of(path: str) -> str:
    """The path with something in each of its places."""
    return re.sub(r"{(\w+)}", lambda found: _VALUES.get(found[1], str(uuid4())), path)


def ask(app: Flask, method: str, path: str, token: str | None = None) -> tuple[int, str]:
    """Status and problem code of a request with an empty body."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body: dict[str, Any] | None = {} if method in ("POST", "PUT", "PATCH") else None
    answer = app.test_client().open(address_of(path), method=method, headers=headers, json=body)
    problem = answer.get_json(silent=True) if answer.status_code >= 400 else None
    return answer.status_code, (problem or {}).get("code", "")


@pytest.fixture(scope="module")
def people(database: Database) -> dict[str, Any]:
    """One person of each role."""
    made = {role: uuid7() for role in STAFF}
    with database.begin() as uow:
        for role, person_id in made.items():
            uow.session.execute(
                text(
                    "INSERT INTO people (person_id, login, name, password_hash, role) "
                    "VALUES (:id, :login, :role, 'none', :role)"
                ),
                {"id": person_id, "login": f"matrix-{role}", "role": role},
            )
        uow.commit()
    return made


def token_for(database: Database, person_id: Any) -> str:
    """A session of its own for each request: some requests end their session."""
    with database.begin() as uow:
        opened = open_session(uow.session, person_id, "bearer", utc_now())
        uow.commit()
    return opened.token


def test_the_shipped_roles_are_those_of_the_matrix(database: Database) -> None:
    with database.begin(read_only=True) as uow:
        rows = list(uow.session.scalars(select(RoleRow).where(RoleRow.is_shipped)))
    assert {
        row.key: {
            "scope": {"tickets": row.ticket_scope, "pools": row.sees_pools},
            "permissions": sorted(row.permissions),
        }
        for row in rows
    } == {
        role: {"scope": one["scope"], "permissions": sorted(one["permissions"])}
        for role, one in MATRIX.items()
    }


def test_nobody_gets_in_without_a_login(app: Flask) -> None:
    for method, path, operation in OPERATIONS:
        if operation.get("security") == []:
            continue
        assert ask(app, method, path)[0] == 401, f"{method} {path}"


@pytest.mark.parametrize("role", STAFF)
def test_a_role_gets_in_where_the_matrix_says_so_and_nowhere_else(
    app: Flask, database: Database, people: dict[str, Any], role: str
) -> None:
    held = set(MATRIX[role]["permissions"])
    for method, path, operation in OPERATIONS:
        permission = operation.get("x-permission")
        if permission is None:
            continue
        status, code = ask(app, method, path, token_for(database, people[role]))
        is_refused = (status, code) == (403, "permission.missing")
        assert status != 401, f"{role}: {method} {path}"
        assert is_refused != (permission in held), f"{role}: {method} {path} ({status} {code})"


def test_every_permission_lets_somebody_in_somewhere() -> None:
    asked = {operation.get("x-permission") for _, _, operation in OPERATIONS}
    assert set(PERMISSIONS) - asked - WITHOUT_ROUTE == set()
