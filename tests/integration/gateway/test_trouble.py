"""The database goes away and comes back."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gateway.app import create_app
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

_TOKEN = {"Authorization": "Bearer td_some_token"}
pytestmark = pytest.mark.services("gateway")


@pytest.fixture
def outside(config: Config) -> Database:
    """A connection that the gateway knows nothing of."""
    return Database(create_engine(config.database_url("gateway"), poolclass=NullPool), "outside")


def cut_connections(outside: Database) -> None:
    """What the server's restart does to those who are connected."""
    with outside.begin() as uow:
        uow.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE 'tidedesk-gateway%'"
                " AND datname = current_database()"
            )
        )


def test_nobody_notices_that_the_database_was_restarted(agent: Browser, outside: Database) -> None:
    for _ in range(3):
        cut_connections(outside)
        assert agent.get("/session").status_code == 200


def test_without_the_database_the_answer_is_503(tmp_path: Path) -> None:
    nowhere = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none", poolclass=NullPool)
    config = Config.read({"BLOB_DIR": str(tmp_path)})
    app = create_app(config, Database(nowhere, "gateway"), FakeServices())
    browser = Browser(app)
    for refused in (browser.log_in("CS001"), browser.get("/session", headers=_TOKEN)):
        assert problem_of(refused, 503)["code"] == "database.unavailable"
        assert int(refused.headers["Retry-After"]) > 0
