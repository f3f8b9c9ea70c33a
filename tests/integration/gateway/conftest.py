"""The gateway on its real database; the services behind it are fakes here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from gateway.seed import seed_staff
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import PASSWORD, Browser, Hands, opened_app


@pytest.fixture(scope="module")
def config(installation: dict[str, str]) -> Config:
    return Config.read(installation)


@pytest.fixture(scope="module")
def database(config: Config) -> Iterator[Database]:
    """With the seeded staff: CS001, CS002 (agents), CS900 (supervisor), AD001 (administrator)."""
    database = Database.connect("gateway", config)
    with database.begin() as uow:
        seed_staff(uow, dict.fromkeys(("agent", "supervisor", "administrator"), PASSWORD))
        uow.commit()
    yield database
    database.close()


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def app(
    config: Config, database: Database, services: FakeServices, clock: Hands, tmp_path: Path
) -> Iterator[Flask]:
    with opened_app(config, database, services, clock=clock, console=tmp_path) as app:
        yield app


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Nobody is logged in yet."""
    return Browser(app)


@pytest.fixture
def agent(app: Flask) -> Browser:
    """Has logged in, as the next two."""
    browser = Browser(app)
    browser.enter("CS001")
    return browser


@pytest.fixture
def supervisor(app: Flask) -> Browser:
    browser = Browser(app)
    browser.enter("CS900")
    return browser


@pytest.fixture
def administrator(app: Flask) -> Browser:
    browser = Browser(app)
    browser.enter("AD001")
    return browser
