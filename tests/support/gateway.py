"""A gateway inside the test, and the people who use it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, select
from werkzeug.test import TestResponse

from gateway.app import create_app, equip, put_together
from gateway.audit.recording import close_recording
from gateway.auth.guard import COOKIE
from gateway.auth.limits import Limits
from gateway.auth.sessions import open_session
from gateway.login.settings import LoginSettings
from gateway.parts import EXTENSION, Parts, Rpc
from gateway.storage.people import Person
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices

PASSWORD = "a password for tests"


def offline_app(blobs: Path, console: Path | None = None) -> Flask:
    """An application that nothing is behind: good for what needs no session."""
    engine = create_engine("postgresql+psycopg2://nowhere.invalid/none")
    config = Config.read({"BLOB_DIR": str(blobs)})
    return create_app(
        config, Database(engine, "gateway"), FakeServices(), console=console or blobs / "console"
    )


# All routes take a tenth of a second to add, and nothing about them differs between tests.
_routed = cache(put_together)


@contextmanager
def opened_app(
    config: Config,
    database: Database,
    rpc: Rpc,
    *,
    clock: Callable[[], datetime] = utc_now,
    console: Path,
    limits: Limits | None = None,
    login: LoginSettings | None = None,
) -> Iterator[Flask]:
    """An application of the test's own but for its routes, to which nothing may be added."""
    app = copy(_routed())
    app.extensions = dict(app.extensions)
    equip(app, config, database, rpc, clock, console, limits, login)
    try:
        yield app
    finally:
        close_recording(app)
        app.extensions[EXTENSION].lookups.close()


class Hands:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Browser:
    """A person's console: keeps the cookie, sends the header that proves it is ours."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.client = app.test_client()
        self.headers: dict[str, str] = {"X-Tidedesk-Client": "console"}

    def log_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        return self.send("POST", "/session", json={"login": login, "password": password})

    def enter(self, login: str) -> None:
        """As after a login, without the hash and the counting that make it slow."""
        parts: Parts = self._app.extensions[EXTENSION]
        with parts.database.begin() as uow:
            own = select(Person.person_id).where(Person.login == login)
            person_id = uow.session.scalars(own).one()
            rules = parts.login.sessions
            opened = open_session(uow.session, person_id, "cookie", parts.clock(), rules)
            uow.commit()
        self.client.set_cookie(COOKIE, opened.token)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        kept = {name: value for name, value in headers.items() if value is not None}
        return self.client.open(
            f"/api/v1{path}", method=method, headers=kept, buffered=True, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.send("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.send("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.send("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.send("DELETE", path, **options)


def problem_of(response: TestResponse, status: int) -> dict[str, Any]:
    """The problem that the response must be."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = response.get_json(force=True)
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-Id"]
    return problem
