"""Finds RabbitMQ's own start script and Erlang's tools; installs the package if there is none."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from libs.common.supervisor.packages import Missing, install


@dataclass(frozen=True)
class RabbitBinaries:
    """The programs of one RabbitMQ and of the Erlang that runs it."""

    server: Path
    epmd: Path
    erl_call: Path


def rabbit_binaries() -> RabbitBinaries:
    """Those of this machine, installed first if need be; raises Missing."""
    server = _server()
    if server is None:
        install(["rabbitmq-server"], "RabbitMQ")
        server = _server()
    if server is None:
        raise Missing("rabbitmq-server is neither on PATH nor below /usr/lib/rabbitmq")
    return RabbitBinaries(server, _erlang("epmd"), _erlang("erl_call"))


def _server() -> Path | None:
    # The wrapper in /usr/sbin insists on the account rabbitmq; the script itself does not.
    places = [Path("/usr/lib/rabbitmq/bin"), *Path("/usr/lib/rabbitmq/lib").glob("*/sbin")]
    for place in places:
        if (place / "rabbitmq-server").exists():
            return place / "rabbitmq-server"
    on_path = shutil.which("rabbitmq-server") or shutil.which("/usr/sbin/rabbitmq-server")
    return Path(on_path).resolve() if on_path else None


def _erlang(tool: str) -> Path:
    erl = shutil.which("erl")
    beside = Path(erl).resolve().with_name(tool) if erl else None
    found = beside if beside and beside.exists() else shutil.which(tool)
    if found is None:
        raise Missing(f"Erlang's {tool} is missing: install the package erlang-base")
    return Path(found)
