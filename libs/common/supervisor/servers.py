"""The two servers an installation needs: those that the environment names, else private ones."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from libs.common.supervisor.keys import broker_passwords
from libs.common.supervisor.ports import free_port
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.rabbit import LocalRabbit


class Servers:
    """PostgreSQL and RabbitMQ of one installation, started together."""

    def __init__(self, env: Mapping[str, str], directory: Path, keys: Mapping[str, str]) -> None:
        self._database_url = env.get("DATABASE_URL")
        self._amqp_uri = env.get("AMQP_URI")
        self.postgres = None if self._database_url else _postgres(directory, keys)
        self.rabbit = None if self._amqp_uri else _rabbit(directory, keys)

    @property
    def database_url(self) -> str:
        return self.postgres.url if self.postgres else self._database_url or ""

    @property
    def amqp_uri(self) -> str:
        return self.rabbit.uri() if self.rabbit else self._amqp_uri or ""

    @property
    def own_amqp_uris(self) -> dict[str, str]:
        """Each owner's own address; at a server of somebody else all come as one user."""
        return self.rabbit.own_uris() if self.rabbit else {}

    def launch(self) -> None:
        """Start both; PostgreSQL answers on return, RabbitMQ takes a few seconds more."""
        if self.rabbit:
            self.rabbit.launch()
        if self.postgres:
            self.postgres.start()

    def wait_ready(self) -> None:
        if self.rabbit:
            self.rabbit.wait_ready()
            self._declare()

    def revive(self) -> None:
        """Start again what has died."""
        if self.postgres and not self.postgres.is_running:
            self.postgres.start()
        if self.rabbit and not self.rabbit.is_running:
            self.rabbit.start()
            self._declare()

    def _declare(self) -> None:
        """The owners' users may not: their processes wait for it.

        One release runs here at a time, so that what earlier ones had can go.
        """
        command = [sys.executable, "-m", "libs.common.bus.topology", "--declare", "--prune"]
        env = {**os.environ, "AMQP_URI": self.amqp_uri}
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"declaring the topology failed:\n{done.stderr}")

    def stop(self) -> None:
        if self.rabbit:
            self.rabbit.stop()
        if self.postgres:
            self.postgres.stop()


def _postgres(directory: Path, keys: Mapping[str, str]) -> LocalPostgres:
    return LocalPostgres(
        directory / "postgres", password=keys["POSTGRES_PASSWORD"], port=free_port(5433)
    )


def _rabbit(directory: Path, keys: Mapping[str, str]) -> LocalRabbit:
    return LocalRabbit(
        directory / "rabbitmq",
        password=keys["RABBITMQ_PASSWORD"],
        port=free_port(5673),
        owner_passwords=broker_passwords(keys),
    )
