"""An installation on servers of its own, for rows that must not touch the running system."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from libs.common.bus.topology import declare_at
from libs.common.supervisor.keys import fresh_keys
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.supervisor.variables import installation_variables, random_ports
from libs.common.testing.databases import Databases
from libs.common.testing.processes import Processes
from libs.common.testing.run_directory import make_run_directory, remove_run_directory


@contextmanager
def own_servers(*services: str, **more: str) -> Iterator[tuple[dict[str, str], Processes]]:
    """PostgreSQL with these services' databases, and RabbitMQ; both end with the block.

    `more`: variables beyond an installation's own.
    """
    with ExitStack() as stack:
        home = make_run_directory()
        stack.callback(remove_run_directory, home)
        postgres, rabbit = LocalPostgres(home / "postgres"), LocalRabbit(home / "rabbitmq")
        stack.callback(postgres.stop)
        stack.callback(rabbit.stop)
        postgres.start()
        rabbit.start()
        rabbit.create_vhost("bench")
        declare_at(rabbit.uri("bench"))
        variables = installation_variables(
            database_url=Databases(postgres, "bench_template").create("bench", list(services)),
            amqp_uri=rabbit.uri("bench"),
            own_amqp_uris=rabbit.own_uris("bench"),
            blobs=home / "blobs",
            keys=fresh_keys(),
            ports=random_ports(),
        )
        points = home / "crash-points"
        points.mkdir()
        variables |= {"CRASH_POINTS_DIR": str(points), **more}
        processes = Processes({**os.environ, **variables}, home / "processes.log")
        stack.callback(processes.close)
        yield variables, processes
