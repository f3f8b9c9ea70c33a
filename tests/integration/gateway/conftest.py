"""The gateway on its real database; the services behind it are fakes here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.audit.recording import close_recording
from gateway.parts import EXTENSION
from gateway.seed import seed_staff
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import PASSWORD, Browser, Hands


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
    app = create_app(config, database, services, clock=clock, console=tmp_path)
    yield app
    close_recording(app)
    app.extensions[EXTENSION].lookups.close()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Nobody is logged in yet."""
    return Browser(app)


@pytest.fixture
def agent(app: Flask) -> Browser:
    browser = Browser(app)
    assert browser.log_in("CS001").status_code == 200
    return browser


@pytest.fixture
def supervisor(app: Flask) -> Browser:
    browser = Browser(app)
    assert browser.log_in("CS900").status_code == 200
    return browser


@pytest.fixture
def administrator(app: Flask) -> Browser:
    browser = Browser(app)
    assert browser.log_in("AD001").status_code == 200
    return browser
