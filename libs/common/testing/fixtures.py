"""pytest's fixtures: servers per run, an installation per module, real processes. All lazy."""

import os
import re
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from libs.common.bus.topology import declare_at
from libs.common.migrate import owners
from libs.common.supervisor.keys import fresh_keys
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.supervisor.variables import installation_variables, random_ports
from libs.common.testing.databases import Databases
from libs.common.testing.named_servers import NamedPostgres, NamedRabbit
from libs.common.testing.processes import Processes
from libs.common.testing.run_directory import make_run_directory, remove_run_directory

_modules = count(1)
# Tests ask faster than people do; those of limits bring limits of their own.
_UNLIMITED = {"RATE_PER_PERSON": "1000000", "RATE_PER_ADDRESS": "1000000"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms (make test-long)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What has a long form may take as long as it takes, within an hour, whatever its file says."""
    if not config.getoption("--long"):
        return
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "is_long" in names:
            item.add_marker(pytest.mark.timeout(3600), append=False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "services(*names): databases that the module's installation has (default: all)"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the processes said beside a failure."""
    report = yield
    processes = getattr(item, "funcargs", {}).get("processes")
    if processes is not None and report.failed:
        report.sections.append(("processes", processes.output()))
    return report


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether the long forms were asked for."""
    return request.config.getoption("--long")


@pytest.fixture(scope="session")
def run_directory() -> Iterator[Path]:
    directory = make_run_directory()
    yield directory
    remove_run_directory(directory)


@pytest.fixture(scope="session")
def postgres(run_directory: Path) -> Iterator[LocalPostgres | NamedPostgres]:
    if named := os.environ.get("DATABASE_URL"):
        yield NamedPostgres(named)
        return
    # Tests kill the server, never the machine: what is written to the system stays.
    server = LocalPostgres(run_directory / "postgres", durable=False)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def rabbit(run_directory: Path) -> Iterator[LocalRabbit | NamedRabbit]:
    if named := os.environ.get("AMQP_URI"):
        yield NamedRabbit(named)
        return
    server = LocalRabbit(run_directory / "rabbitmq")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def databases(postgres: LocalPostgres | NamedPostgres) -> Iterator[Databases]:
    made = Databases(postgres, f"tidedesk_t{os.getpid()}")
    yield made
    if isinstance(postgres, NamedPostgres):
        made.drop_templates()


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest,
    rabbit: LocalRabbit | NamedRabbit,
    databases: Databases,
    run_directory: Path,
) -> Iterator[dict[str, str]]:
    """The environment of an installation of the module's own: databases, vhost, keys, ports."""
    marked = [name for mark in request.node.iter_markers("services") for name in mark.args]
    names = marked or owners()
    label = f"tidedesk_t{os.getpid()}_{next(_modules)}"
    home = run_directory / f"{label}_{re.sub(r'[^a-z0-9]+', '_', request.node.name)}"
    (home / "crash-points").mkdir(parents=True)
    rabbit.create_vhost(label)
    declare_at(rabbit.uri(label))
    variables = installation_variables(
        database_url=databases.create(label, names),
        amqp_uri=rabbit.uri(label),
        own_amqp_uris=rabbit.own_uris(label),
        blobs=home / "blobs",
        keys=fresh_keys(),
        ports=random_ports(),
    )
    yield {**variables, "CRASH_POINTS_DIR": str(home / "crash-points"), **_UNLIMITED}
    databases.drop(label, names)
    rabbit.delete_vhost(label)


@pytest.fixture(scope="module")
def environment(installation: dict[str, str]) -> Iterator[dict[str, str]]:
    """The installation's variables in os.environ, for parts that run inside the test itself."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in installation.items():
            patch.setenv(name, value)
        yield installation


@pytest.fixture(scope="module")
def processes(installation: dict[str, str]) -> Iterator[Processes]:
    """Real processes of the installation; those that a test starts end with the module."""
    home = Path(installation["CRASH_POINTS_DIR"]).parent
    running = Processes({**os.environ, **installation}, home / "processes.log")
    yield running
    running.close()
