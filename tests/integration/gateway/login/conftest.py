"""The gateway with everything about logging in switched on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from gateway.login.settings import LoginSettings
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import Hands, opened_app
from tests.support.login import forget_attempts


@pytest.fixture(autouse=True)
def _nobody_has_tried(database: Database) -> None:
    forget_attempts(database)


@pytest.fixture
def settings() -> LoginSettings:
    return LoginSettings(has_sms=True)


@pytest.fixture
def services() -> FakeServices:
    """Notify takes every code."""
    services = FakeServices()
    services.answer("notify.send_code", None)
    return services


@pytest.fixture
def app(
    config: Config,
    database: Database,
    services: FakeServices,
    clock: Hands,
    tmp_path: Path,
    settings: LoginSettings,
) -> Iterator[Flask]:
    with opened_app(
        config, database, services, clock=clock, console=tmp_path, login=settings
    ) as app:
        yield app
