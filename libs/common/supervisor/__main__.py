"""`python -m libs.common.supervisor run | programs | console`."""

import sys

from libs.common.supervisor.browser import provide_browser
from libs.common.supervisor.console import build_console
from libs.common.supervisor.postgres_binaries import postgres_binaries
from libs.common.supervisor.rabbit_binaries import rabbit_binaries
from libs.common.supervisor.run import run


def provide_programs() -> None:
    """Install what the tests need and this machine lacks."""
    postgres_binaries()
    rabbit_binaries()
    provide_browser()


def main(arguments: list[str]) -> None:
    commands = {"run": run, "programs": provide_programs, "console": build_console}
    if len(arguments) != 1 or arguments[0] not in commands:
        raise SystemExit(f"usage: python -m libs.common.supervisor {' | '.join(commands)}")
    try:
        commands[arguments[0]]()
    except (RuntimeError, TimeoutError) as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        print("stopped", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
