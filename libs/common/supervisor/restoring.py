"""`make restore`: brings the private installation of `make run` back to the moment of a backup.

    python -m libs.common.supervisor.restoring FOLDER [--replace]

Its servers run for as long as that takes. `make run` must not be running.
"""

import os
import subprocess
import sys

from libs.common.supervisor.keys import kept_keys
from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import PLACE, environment, only_one, running_servers


def main(arguments: list[str]) -> int:
    """The exit code is that of the command inside."""
    keys = kept_keys(PLACE / "secrets.json")
    with only_one(PLACE / "dev"), running_servers(keys) as servers:
        servers.wait_ready()
        module = [sys.executable, "-m", "libs.common.operations.restore", *arguments]
        return subprocess.run(module, env=environment(servers, keys), cwd=ROOT).returncode


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
