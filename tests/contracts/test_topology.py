"""The committed topology is the one that the services' subscriptions give."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import libs.common.contracts
from libs.common.bus.topology import FILE, committed
from libs.common.contracts.envelope import REGISTRY

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parents[1].name for path in ROOT.glob("services/*/service/events.py"))


def test_the_committed_file_is_the_generated_one() -> None:
    """In a process of its own: the tests of the bus register types that services do not have."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "libs.common.bus.topology"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_file_says_what_is_declared() -> None:
    assert FILE.read_text() == committed().dump()
    assert set(json.loads(FILE.read_text())) == {
        *("exchanges", "queues", "retired", "callees", "streams")
    }


def test_every_producer_has_a_private_and_a_public_exchange() -> None:
    producers = {
        schema.producer
        for schema in REGISTRY.values()
        if schema.__module__.startswith(libs.common.contracts.__name__)
    }
    expected = {f"{name}.{side}" for name in producers for side in ("events", "private")}
    assert set(committed().exchanges) == expected


def test_every_public_exchange_is_kept_in_the_stream_and_no_private_one() -> None:
    public = [name for name in committed().exchanges if name.endswith(".events")]
    assert committed().streams == {"tidedesk.replay": tuple((name, "#") for name in public)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_listens_has_a_queue_of_its_own(service: str) -> None:
    assert {f"{service}.inbox", f"{service}.urgent"} & set(committed().queues)


def test_no_queue_has_the_name_of_an_exchange() -> None:
    """A right at the broker is one over names: whoever reads the one could read the other."""
    assert not {*committed().queues, *committed().streams} & set(committed().exchanges)


@pytest.mark.parametrize("callee", committed().callees)
def test_a_service_that_is_called_has_the_name_of_its_folder(callee: str) -> None:
    source = (ROOT / "services" / callee / "service" / "rpc.py").read_text()
    assert f'    name = "{callee}"\n' in source


@pytest.mark.parametrize("queue", committed().queues)
def test_our_queues_are_bound_to_private_exchanges_and_known_types(queue: str) -> None:
    for exchange, key in committed().queues[queue]:
        assert exchange == f"{REGISTRY[key].producer}.private"
