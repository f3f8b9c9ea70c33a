"""Becomes another program that gets a signal when its parent ends (Linux), under another account.

Run as a script, not as a `preexec_fn`: forking a process that has threads may deadlock the child.
Arguments: SIGNAL PARENT UID:GID|- COMMAND…
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(death_signal: str, parent: str, identity: str, *command: str) -> None:
    """Become the command, as `uid:gid` (`-`: as we are), to be killed when the parent dies."""
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    if identity != "-":
        uid, gid = map(int, identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if prctl is not None:  # after the change of account, which clears the setting
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the parent is gone already")
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
