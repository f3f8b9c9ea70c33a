"""A gateway inside the test, and the people who use it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from gateway.app import create_app
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
        self.client = app.test_client()
        self.headers: dict[str, str] = {"X-Tidedesk-Client": "console"}

    def log_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        return self.send("POST", "/session", json={"login": login, "password": password})

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
