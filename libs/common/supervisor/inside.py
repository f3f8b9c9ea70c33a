"""`python -m libs.common.supervisor.inside MODULE …`: a module of ours inside this installation.

It gets the variables of what `make run` runs here; those of the environment go before them.
"""

import json
import os
import sys

from libs.common.supervisor.run import PLACE


def main(arguments: list[str]) -> None:
    """Does not return."""
    if not arguments:
        raise SystemExit("usage: python -m libs.common.supervisor.inside MODULE …")
    card = PLACE / "env.json"
    known = json.loads(card.read_text())["variables"] if card.exists() else {}
    os.execve(sys.executable, [sys.executable, "-m", *arguments], {**known, **os.environ})


if __name__ == "__main__":
    main(sys.argv[1:])
