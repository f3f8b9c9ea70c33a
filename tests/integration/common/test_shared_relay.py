"""Roles of one process that commit to the same outbox need one relay among them."""

import os
from functools import partial
from typing import Any

import pytest

from libs.common.database.unit_of_work import Database
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.probe.contract import ProbeCounted
from tests.integration.common.looking import ask, heard

pytestmark = pytest.mark.services("probe")

# Fails to match, and so is refused, if there is another number of them.
_ONE_RELAY = (
    "1 = length([P || P <- rabbit_networking:connections(), "
    "[{_, Said}] <- [rabbit_networking:connection_info(P, [client_properties])], "
    'lists:member({<<"connection_name">>, longstr, <<"relay probe">>}, Said)]), ok'
)


def has_one_relay(rabbit: LocalRabbit) -> bool:
    rabbit._evaluate(_ONE_RELAY)
    return True


def test_the_roles_of_one_process_share_a_relay_until_they_have_ended(
    probe: Database, processes: Processes, rabbit: Any
) -> None:
    processes.start(("probe.rpc", "probe.events", "probe.jobs"))
    if isinstance(rabbit, LocalRabbit):
        # Those of earlier tests may just be going.
        eventually(partial(has_one_relay, rabbit), trouble=(RuntimeError,))
    with probe.begin() as uow:
        uow.emit(ProbeCounted, subject="shared", data={"key": "shared", "amount": 1})
        uow.commit()
    eventually(lambda: heard(probe)["shared"] == 1)
    eventually(lambda: ask(probe, "SELECT 1 FROM outbox") == [])
    pid = processes.pid("probe.rpc")
    processes.stop("probe.rpc")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
