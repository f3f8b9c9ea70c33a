"""Named places at which a test makes a real process kill itself.

Off unless CRASH_POINTS_DIR is set. A file `<point>@<role>` there arms a point for one death:
whoever removes the file dies, so that the restarted process lives.
"""

import os
import signal
import sys

_DIRECTORY = os.environ.get("CRASH_POINTS_DIR")
_roles: tuple[str, ...] = ()


def running_as(*roles: str) -> None:
    """Tell which roles (`ticketing.events`) this process plays; the launcher calls it."""
    global _roles
    _roles = roles


def crash_point(name: str) -> None:
    """Die here by SIGKILL if this point is armed for this process."""
    if _DIRECTORY is None:
        return
    for role in _roles:
        try:
            os.unlink(os.path.join(_DIRECTORY, f"{name}@{role}"))
        except OSError:
            continue
        sys.stderr.write(f"crash point {name} in {role}\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)
