"""A migrated database on a server of its own: measures do not meet the running system."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.testing.databases import Databases
from libs.common.testing.run_directory import make_run_directory, remove_run_directory


@contextmanager
def own_database(owner: str) -> Iterator[Database]:
    """Gone, server and all, when the measure ends."""
    with own_server(owner) as url:
        config = Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"})
        with closing(Database.connect(owner, config)) as database:
            yield database


@contextmanager
def own_server(owner: str) -> Iterator[str]:
    """The same as a DATABASE_URL, for processes."""
    with ExitStack() as stack:
        home = make_run_directory()
        stack.callback(remove_run_directory, home)
        postgres = LocalPostgres(home / "postgres")
        stack.callback(postgres.stop)
        postgres.start()
        yield Databases(postgres, "bench_template").create("bench", [owner])
