"""A private RabbitMQ node: own epmd, cookie, data and ports, on 127.0.0.1 alone."""

import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Self
from urllib.parse import quote

from libs.common.bus.broker_users import OWNERS, Rights, rights_of, user_of
from libs.common.supervisor import children
from libs.common.supervisor.erlang import binary, grant, put_user
from libs.common.supervisor.ports import free_port, wait_until
from libs.common.supervisor.rabbit_binaries import RabbitBinaries, rabbit_binaries

USER = "tidedesk"
NODE = "tidedesk@localhost"
# Idle schedulers sleep instead of spinning: the cores are shared with everything else.
ERLANG = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"


class LocalRabbit:
    """A node under one directory; starts again with the same data, ports and password."""

    def __init__(
        self,
        directory: Path,
        *,
        password: str | None = None,
        port: int | None = None,
        vhost: str = "tidedesk",
        owner_passwords: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self.password = password or secrets.token_hex(16)
        self._owner_passwords = owner_passwords or {name: secrets.token_hex(16) for name in OWNERS}
        self._settings = settings or {}
        self.port = port or free_port()
        self.vhost = vhost
        self._distribution_port = free_port()
        self._epmd_port = free_port()
        self._epmd: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def uri(self, vhost: str | None = None) -> str:
        """The value of AMQP_URI for a vhost (default: the one made at the first start)."""
        return self._uri(USER, self.password, vhost)

    def own_uris(self, vhost: str | None = None) -> dict[str, str]:
        """Each owner's `<OWNER>_AMQP_URI`, with the user that has its rights alone."""
        return {
            f"{owner.upper()}_AMQP_URI": self._uri(user_of(owner), password, vhost)
            for owner, password in self._owner_passwords.items()
        }

    def _uri(self, user: str, password: str, vhost: str | None) -> str:
        path = quote(self.vhost if vhost is None else vhost, safe="")
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}/{path}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        self.launch()
        self.wait_ready()
        return self

    def launch(self) -> None:
        """Begin to start; `wait_ready` tells when clients may come."""
        found = rabbit_binaries()
        self._prepare()
        if self._epmd is None or self._epmd.poll() is not None:
            self._epmd = self._launch_epmd(found)
        with open(self.directory / "output", "ab") as output:
            self._process = children.spawn(
                [found.server], env=self._environment(), output=output, cwd=self.directory
            )

    def wait_ready(self, timeout: float = 90) -> None:
        wait_until(self._answers, timeout, f"RabbitMQ in {self.directory}")
        users = [put_user(user_of(owner), word) for owner, word in self._owner_passwords.items()]
        self._evaluate(*users, *_owners_rights(self.vhost))

    def stop(self) -> None:
        if self._process is not None:
            children.stop(self._process, signal.SIGTERM, patience=30)
        if self._epmd is not None:
            children.stop(self._epmd)

    def kill(self) -> None:
        """Crash: nothing is written any more.

        RabbitMQ before 4 loses a quorum queue that was declared less than a second ago.
        """
        if self._process is not None:
            children.kill(self._process)

    def create_vhost(self, name: str) -> None:
        """Make a vhost that our user may do everything in, and the owners what is theirs."""
        everything = Rights(configure=".*", write=".*", read=".*")
        self._evaluate(
            f"rabbit_vhost:add({binary(name)}, {binary(USER)})",
            grant(USER, name, everything),
            *_owners_rights(name),
        )

    def admit(self, user: str, password: str, vhost: str, rights: Rights) -> str:
        """Make a user with these rights in a vhost; returns its URI there."""
        self._evaluate(put_user(user, password), grant(user, vhost, rights))
        return self._uri(user, password, vhost)

    def delete_vhost(self, name: str) -> None:
        self._evaluate(f"rabbit_vhost:delete({binary(name)}, {binary(USER)})")

    def _evaluate(self, *expressions: str) -> None:
        """Run Erlang inside the node: milliseconds, where rabbitmqctl takes seconds."""
        expression = ", ".join(expressions)
        # Of -r's names there is one a second, and the node refuses a second caller of a name.
        caller = f"call{secrets.token_hex(8)}"
        done = subprocess.run(
            [rabbit_binaries().erl_call, "-e", "-h", caller, "-timeout", "60", "-name", NODE],
            input=f"ok = begin {expression} end, done.\n",
            env=self._environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode != 0 or "done" not in done.stdout:
            # Not what was asked: it may hold passwords.
            raise RuntimeError(f"RabbitMQ refused: {done.stdout}{done.stderr}")

    def _prepare(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        cookie = self.directory / ".erlang.cookie"
        if not cookie.exists():
            _write_private(cookie, secrets.token_hex(20).upper(), 0o400)
        _write_private(self.directory / "rabbitmq.conf", self._configuration())
        _write_private(self.directory / "enabled_plugins", "[].\n")

    def _configuration(self) -> str:
        return (
            f"default_user = {USER}\n"
            f"default_pass = {self.password}\n"
            f"default_vhost = {self.vhost}\n"
            "disk_free_limit.absolute = 100MB\n"
            "log.file.level = warning\n"
            + "".join(f"{name} = {value}\n" for name, value in self._settings.items())
        )

    def _launch_epmd(self, found: RabbitBinaries) -> subprocess.Popen[bytes]:
        # Started by Erlang it would become a daemon that nobody stops.
        epmd = children.spawn(
            [found.epmd, "-port", str(self._epmd_port), "-address", "127.0.0.1"],
            env=self._environment(),
            output=subprocess.DEVNULL,
        )
        wait_until(lambda: _listens(self._epmd_port), 10, "epmd")
        return epmd

    def _environment(self) -> dict[str, str]:
        here = self.directory
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(here),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            # The script then becomes the node itself, so that signals reach it.
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(here / "mnesia"),
            "RABBITMQ_LOG_BASE": str(here / "log"),
            "RABBITMQ_PID_FILE": str(here / "pid"),
            "RABBITMQ_CONFIG_FILE": str(here / "rabbitmq"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(here / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        }

    def _answers(self) -> bool:
        """The node opens its port last, and greets whoever speaks AMQP."""
        if not self.is_running:
            said = (self.directory / "output").read_text(errors="replace")
            raise RuntimeError(f"RabbitMQ did not start:\n{said[-2000:]}")
        try:
            with closing(socket.create_connection(("127.0.0.1", self.port), 2)) as connection:
                connection.sendall(b"AMQP\0\0\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False


def _owners_rights(vhost: str) -> list[str]:
    return [grant(user_of(owner), vhost, rights_of(owner)) for owner in OWNERS]


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_private(path: Path, text: str, mode: int = 0o600) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
