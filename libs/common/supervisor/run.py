"""`make run`: servers, migrations, demo accounts and all processes, until Ctrl-C."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from libs.common.bus.broker_users import OWNERS
from libs.common.supervisor.control import Control
from libs.common.supervisor.keys import kept_keys, write_private
from libs.common.supervisor.processes import ROOT, Supervisor
from libs.common.supervisor.programs import small_installation
from libs.common.supervisor.servers import Servers
from libs.common.supervisor.variables import NAMES, installation_variables, preferred_ports
from libs.common.supervisor.welcome import addresses, logins, welcome

PLACE = ROOT / ".run"
CONTROL = PLACE / "dev" / "control.sock"


def run() -> None:
    """Start everything and keep it alive; returns after Ctrl-C or SIGTERM, when all has ended."""
    _end_on_signals()
    began = time.monotonic()
    keys = kept_keys(PLACE / "secrets.json")
    with only_one(PLACE / "dev"), running_servers(keys) as servers:
        env = environment(servers, keys)
        _run_module(env, "libs.common.migrate")
        _run_module(env, "gateway.seed")
        _run_module(env, "services.intake.seed")
        _run_module(env, "services.kb.seed")
        # A service that came with this version knows nobody yet.
        _run_module(env, "gateway.organisation.publish")
        servers.wait_ready()
        with _processes(without_operator(env)) as supervisor:
            supervisor.wait_ready()
            # The organisation has to arrive there first.
            _run_module(env, "services.dispatch.seed")
            _run_module(env, "services.ticketing.seed")
            _write_card(env)
            with closing(Control(CONTROL, supervisor)):
                print(welcome(env, time.monotonic() - began), flush=True)
                while True:
                    time.sleep(1)
                    servers.revive()


def _end_on_signals() -> None:
    """SIGTERM and a closed terminal end us like Ctrl-C; `nohup` still has its way."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if name != signal.SIGHUP or signal.getsignal(name) != signal.SIG_IGN:
            signal.signal(name, signal.default_int_handler)


@contextmanager
def running_servers(keys: Mapping[str, str]) -> Iterator[Servers]:
    """The installation's servers; those that are ours stop with the block."""
    servers = Servers(os.environ, PLACE / "dev", keys)
    try:
        servers.launch()
        yield servers
    finally:
        servers.stop()


@contextmanager
def _processes(env: Mapping[str, str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(env)
    try:
        supervisor.run(*small_installation(with_mailbox="MAILBOX_HOST" in env))
        yield supervisor
    finally:
        print("stopping", flush=True)
        (PLACE / "env.json").unlink(missing_ok=True)
        supervisor.stop()


def environment(servers: Servers, keys: Mapping[str, str]) -> dict[str, str]:
    """What the machine's environment says goes before what we would choose."""
    ours = installation_variables(
        database_url=servers.database_url,
        amqp_uri=servers.amqp_uri,
        own_amqp_uris=servers.own_amqp_uris,
        blobs=PLACE / "dev" / "blobs",
        keys=keys,
        ports=preferred_ports(os.environ),
    )
    if os.environ.get("SMTP_URL"):
        # No mailbox then, and nobody who would take texts unless the environment names somebody.
        for name in [name for name in ours if name.startswith("MAILBOX_") or name == "SMS_URL"]:
            del ours[name]
    return {**ours, **{name: value for name, value in os.environ.items() if value}}


def without_operator(env: Mapping[str, str]) -> dict[str, str]:
    """Without the operator's address at the broker, where each owner has one of its own."""
    has_own = all(f"{owner.upper()}_AMQP_URI" in env for owner in OWNERS)
    return {name: value for name, value in env.items() if not (has_own and name == "AMQP_URI")}


def _run_module(env: Mapping[str, str], module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module], env=env, cwd=ROOT)
    if done.returncode != 0:
        raise SystemExit(f"python -m {module} failed")


def _write_card(env: Mapping[str, str]) -> None:
    """Tell `make demo` and `make bench` where the system is and how to get in."""
    variables = {name: env[name] for name in NAMES if name in env}
    card = {"addresses": addresses(env), "logins": logins(env), "variables": variables}
    write_private(PLACE / "env.json", card)


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Nobody else runs anything here meanwhile; raises SystemExit if somebody does."""
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("`make run` is already running in this directory") from None
        yield
