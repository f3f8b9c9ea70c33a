"""`python -m libs.common.supervisor run | programs | console | scale ROLE=N …`."""

import sys
from collections.abc import Callable
from functools import partial

from libs.common.supervisor.browser import provide_browser
from libs.common.supervisor.console import build_console
from libs.common.supervisor.control import scale
from libs.common.supervisor.deploy_tools import provide_deploy_tools
from libs.common.supervisor.postgres_binaries import postgres_binaries
from libs.common.supervisor.rabbit_binaries import rabbit_binaries
from libs.common.supervisor.run import CONTROL, run


def provide_programs() -> None:
    """Install what the tests need and this machine lacks."""
    postgres_binaries()
    rabbit_binaries()
    provide_browser()
    provide_deploy_tools()


def main(arguments: list[str]) -> None:
    name, words = (arguments[0], arguments[1:]) if arguments else ("", [])
    commands: dict[str, Callable[[], object]] = {
        "run": run,
        "programs": provide_programs,
        "console": build_console,
        "scale": partial(scale, CONTROL, words),
    }
    if name not in commands or (words and name != "scale"):
        raise SystemExit(f"usage: python -m libs.common.supervisor {' | '.join(commands)}")
    try:
        commands[name]()
    except (RuntimeError, TimeoutError) as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        print("stopped", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
