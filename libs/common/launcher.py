"""Starts roles in this process: `python -m libs.common.launcher ticketing.rpc ticketing.events`.

The roles `rpc`, `events` and `jobs` are nameko containers and may share a process; others (the
door, the SMTP listener, the web) run alone, in threads. SIGTERM and SIGINT stop gracefully.
"""

import gc
import os
import sys

# What is imported lives as long as the process: to look through it for garbage takes a third of
# the time of starting. `_started` ends that.
if __name__ == "__main__":
    gc.disable()

GREEN_ROLES = ("rpc", "events", "jobs")


def _role(name: str) -> str:
    return name.rpartition(".")[2]


_IS_GREEN = __name__ == "__main__" and all(_role(name) in GREEN_ROLES for name in sys.argv[1:])
if _IS_GREEN:
    import warnings

    # eventlet's own resolver costs 10 MiB per process and does not read nsswitch.conf; libpq
    # resolves by the C library anyway.
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

    # eventlet announces its retirement at import; nameko stands on it all the same.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

import importlib  # noqa: E402
import logging  # noqa: E402
import signal  # noqa: E402
from functools import partial  # noqa: E402

from libs.common.config import REFUSED, Config, ConfigError  # noqa: E402
from libs.common.crash_points import running_as  # noqa: E402
from libs.common.logs import configure_logs  # noqa: E402

_PATIENCE = 8  # seconds for a graceful stop


def module_of(name: str) -> str:
    """`ticketing.rpc` → `services.ticketing.service.rpc`; the gateway's modules are its own."""
    owner, role = name.split(".")
    return f"gateway.{role}" if owner == "gateway" else f"services.{owner}.service.{role}"


def _started() -> None:
    """Collect garbage from here on, but never look at what was made before."""
    gc.freeze()
    gc.enable()


def run_green(names: list[str], config: Config) -> None:
    """Run nameko containers until a signal comes or one of them dies."""
    import eventlet
    from nameko.containers import ServiceContainer
    from sqlalchemy import text

    from libs.common.bus.provide import ask_broker, container_settings, database_of
    from libs.common.bus.rpc_server import register_errors
    from libs.common.database.engine import assert_green
    from libs.common.database.roll_call import RollCall
    from libs.common.database.unit_of_work import Database
    from libs.common.health import Check, HealthServer, HubLag
    from libs.common.signals import StopSignal

    assert_green()
    register_errors()
    # The shells log every error themselves, once.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    databases: dict[str, Database] = {}
    containers = [
        ServiceContainer(
            importlib.import_module(module_of(name)).Service,
            container_settings(config, name.partition(".")[0], databases),
        )
        for name in names
    ]
    _started()

    def database_answers() -> None:
        for container in containers:
            with database_of(container).engine.connect() as connection:
                connection.execute(text("SELECT 1"))

    lag = HubLag().start()
    checks: dict[str, Check] = {
        "database": database_answers,
        "broker": partial(ask_broker, containers),
        "hub": lag.check,
    }
    with HealthServer(config.health_port, checks):
        # Starting waits for the broker and the database, perhaps for ever. A signal ends it at
        # once.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for container in containers:
            container.start()
        stop = StopSignal(_PATIENCE + 1)
        engines = [database.engine for database in databases.values()]
        roll_call = RollCall(engines, names, lag.longest).start()
        logging.getLogger(__name__).info("%s ready", " ".join(names))
        waiting = [eventlet.spawn(container.wait) for container in containers]
        while not stop.is_set() and not any(thread.dead for thread in waiting):
            eventlet.sleep(0.1)
        died = any(thread.dead for thread in waiting)
        with eventlet.Timeout(1, False):
            roll_call.stop()
        # nameko waits for its consumers, which may wait for a broker that is gone. What is
        # unfinished then is unacknowledged and uncommitted, so ending hard loses nothing.
        with eventlet.Timeout(_PATIENCE, False):
            for stopping in [eventlet.spawn(container.stop) for container in containers]:
                stopping.wait()
        logging.shutdown()
        os._exit(1 if died else 0)


def main(names: list[str]) -> None:
    """Run the named roles; a wrong configuration or mixture is refused with a clear message."""
    if not names or (len(names) > 1 and not all(_role(name) in GREEN_ROLES for name in names)):
        sys.exit("usage: python -m libs.common.launcher ROLE [ROLE …]  (plain roles run alone)")
    try:
        config = Config.read()
        running_as(*names)
        configure_logs("+".join(names), config.log_level)
        if all(_role(name) in GREEN_ROLES for name in names):
            run_green(names, config)
        else:
            module = importlib.import_module(module_of(names[0]))
            _started()
            module.main()
    except ConfigError as error:
        print(f"configuration: {error}", file=sys.stderr, flush=True)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main(sys.argv[1:])
