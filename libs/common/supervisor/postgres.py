"""A private PostgreSQL server: own data directory, password and port, on 127.0.0.1 alone."""

import os
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Self

import psycopg2

from libs.common.supervisor import children
from libs.common.supervisor.accounts import owned_directory, reachable_binaries, server_account
from libs.common.supervisor.ports import free_port, wait_until
from libs.common.supervisor.postgres_binaries import postgres_binaries

USER = "tidedesk"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "192MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "effective_cache_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C.UTF-8",
}


class LocalPostgres:
    """A server under one directory; starts again with the same data, port and password."""

    def __init__(
        self,
        directory: Path,
        *,
        password: str | None = None,
        port: int | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self.password = password or secrets.token_hex(16)
        self.port = port or free_port()
        unsafe = {} if durable else {"fsync": "off"}
        self._settings = {**SETTINGS, **unsafe, **(settings or {})}
        self._account = server_account()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Server address and prefix of the database names: the value of DATABASE_URL."""
        return self.url_for("tidedesk")

    def url_for(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Make the cluster if there is none, start it and wait until it answers."""
        home = owned_directory(self.directory, self._account)
        data = home / "data"
        marker = data / "PG_VERSION"
        found = postgres_binaries(marker.read_text().strip() if marker.exists() else None)
        binaries = reachable_binaries(found, home, self._account)
        if not marker.exists():
            self._create_cluster(binaries, data)
        self._end_predecessor(data)
        self._process = self._launch(binaries, data)
        wait_until(self._answers, 60, f"PostgreSQL in {self.directory}")
        return self

    def stop(self) -> None:
        if self._process is not None:
            children.stop(self._process, signal.SIGINT, patience=30)

    def kill(self) -> None:
        """Crash: the server and all its sessions at once, nothing is written any more."""
        if self._process is None:
            return
        sessions = _children_of(self._process.pid)
        children.kill(self._process)
        for pid in sessions:
            _send(pid, signal.SIGKILL)

    def _create_cluster(self, binaries: Path, data: Path) -> None:
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(self.password)
            password.flush()
            if self._account is not None:
                os.chown(password.name, self._account.pw_uid, self._account.pw_gid)
            self._run_to_end(
                binaries / "initdb",
                f"--pgdata={data}",
                "--locale=C.UTF-8",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
                f"--username={USER}",
                f"--pwfile={password.name}",
                # The new cluster's files reach the disk with its first checkpoint.
                "--no-sync",
            )

    def _run_to_end(self, *argv: str | Path) -> None:
        with tempfile.TemporaryFile() as output:
            process = children.spawn(
                argv, env=self._environment(), output=output, cwd=Path("/"), account=self._account
            )
            if process.wait() != 0:
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise RuntimeError(f"{argv[0]} failed:\n{said[-2000:]}")

    def _launch(self, binaries: Path, data: Path) -> subprocess.Popen[bytes]:
        settings = {**self._settings, "port": str(self.port), "unix_socket_directories": str(data)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(data.parent / "log", "ab") as log:
            return children.spawn(
                [binaries / "postgres", "-D", data, *options],
                env=self._environment(),
                output=log,
                cwd=data,
                account=self._account,
                death_signal=signal.SIGINT,
            )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _answers(self) -> bool:
        if not self.is_running:
            raise RuntimeError(f"PostgreSQL did not start:\n{self._log_end()}")
        try:
            with closing(psycopg2.connect(self.url_for("postgres"), connect_timeout=2)):
                return True
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                self.stop()
                raise RuntimeError(
                    f"the data in {self.directory} were made with another password: "
                    "put the old secrets.json back or start anew with `make clean`"
                ) from None
            return False

    def _log_end(self) -> str:
        return (self.directory.resolve() / "log").read_text(errors="replace")[-2000:]

    def _end_predecessor(self, data: Path) -> None:
        """Wait for a server of these data that outlives its killed parent for a moment."""
        try:
            pid = int((data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        if str(data) in _command_of(pid):
            _send(pid, signal.SIGINT)
            wait_until(lambda: str(data) not in _command_of(pid), 30, f"end of PostgreSQL {pid}")


def _children_of(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in tasks.read_text().split()] if tasks.exists() else []


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
