"""What the tests of `deploy/` need: kubectl (for its kustomize) and Prometheus's promtool."""

import re
import shutil
import subprocess
import sys

from libs.common.supervisor.packages import Missing, install

# Older ones do not know what our overlays use; Debian 12's is 1.20.
_OLDEST_KUSTOMIZE = 5


def provide_deploy_tools() -> None:
    """Install what is missing; where that fails the tests that need it are skipped and say so."""
    for program, package in (("promtool", "prometheus"), ("kubectl", "kubernetes-client")):
        if shutil.which(program) is None:
            try:
                install([package], program)
            except Missing as missing:
                print(missing, file=sys.stderr, flush=True)


def kustomize() -> list[str] | None:
    """The command that builds an overlay, if this machine has a new enough one."""
    if shutil.which("kubectl") is None:
        return None
    told = subprocess.run(
        ["kubectl", "version", "--client"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"Kustomize Version: v(\d+)", told)
    is_new = found is not None and int(found[1]) >= _OLDEST_KUSTOMIZE
    return ["kubectl", "kustomize"] if is_new else None
