"""Whatever is done to tickets, by whomever and in whatever order: what always holds."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from libs.common.blobs import open_blobs
from libs.common.config import Config
from services.ticketing.service.rpc import Service
from tests.integration.ticketing.desk import Desk
from tests.integration.ticketing.lives import Lives, Open
from tests.integration.ticketing.living import Organisation, World


@pytest.fixture(scope="module")
def organisation(desk: Desk) -> Organisation:
    return Organisation(desk)


@pytest.fixture(scope="module", autouse=True)
def _soon(desk: Desk) -> None:
    """What time brings about comes after a day."""
    kept = '{"reopen_days": 1, "close_days": 1, "archive_days": 1, "bin_days": 1}'
    with desk.database.begin() as uow:
        uow.session.execute(text(f"UPDATE ticket_settings SET settings = '{kept}'"))
        uow.commit()


@pytest.fixture
def new_world(desk: Desk, service: Service, organisation: Organisation, tmp_path: Path) -> Open:
    blobs = open_blobs(Config.read({"BLOB_DIR": str(tmp_path)}))
    return partial(World, desk, service, organisation, blobs)


def test_whatever_is_done(new_world: Open, is_long: bool) -> None:
    class Here(Lives):
        open_world = staticmethod(new_world)

    bounds = settings(
        max_examples=300 if is_long else 10,
        stateful_step_count=120 if is_long else 70,
        # The long form looks for what nobody has thought of; the short one holds what is known.
        derandomize=not is_long,
        database=None,
        # A failing life is told as it was: trying shorter ones would take longer than a test may.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    run_state_machine_as_test(Here, settings=bounds)
