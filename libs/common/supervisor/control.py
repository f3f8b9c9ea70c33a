"""A socket by which `make run` is told how many replicas of a role there shall be.

    python -m libs.common.supervisor scale dispatch=4 ticketing.events=2

One line in, one line out. Only who may write into `.run` reaches it.
"""

import json
import os
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from libs.common.launcher import GREEN_ROLES
from libs.common.supervisor.processes import Supervisor
from libs.common.supervisor.programs import launcher

MOST = 32  # replicas of one program on one machine
_WISH = re.compile(r"([a-z_]+(?:\.[a-z_]+)?)=(\d{1,3})")
_PATIENCE = 120  # seconds, for new replicas to be ready


def read_wishes(words: list[str]) -> dict[str, int]:
    """`dispatch=4`: how many of what. Raises ValueError for anything else."""
    wishes = {}
    for word in words:
        found = _WISH.fullmatch(word)
        if found is None or not 1 <= int(found[2]) <= MOST:
            raise ValueError(f"not a role and a number from 1 to {MOST}: {word}")
        wishes[found[1]] = int(found[2])
    if not wishes:
        raise ValueError("nothing to scale: make scale dispatch=4")
    return wishes


def carry_out(supervisor: Supervisor, wishes: Mapping[str, int]) -> dict[str, int]:
    """Start or stop replicas; returns how many there are. Raises ValueError for an unknown role.

    What a process has besides is not multiplied: each new one has the wished roles alone.
    """
    wished = {name: (roles_of(name, supervisor.roles), count) for name, count in wishes.items()}
    for roles, count in wished.values():
        # The processes that it began with stay.
        beside = count_beside(supervisor, roles)
        supervisor.scale(launcher(*roles), max(count - beside, 0))
    names = {name: launcher(*roles).name for name, (roles, _) in wished.items()}
    made = Counter(program.name for program in supervisor.programs)
    for own in names.values():
        if made[own]:
            supervisor.wait_ready(own, timeout=_PATIENCE)
    return {
        name: count_beside(supervisor, roles) + made[names[name]]
        for name, (roles, _) in wished.items()
    }


def roles_of(name: str, running: Collection[str]) -> tuple[str, ...]:
    """`dispatch`: all its roles that bear replicas on one machine; or one role by its full name."""
    found = sorted(role for role in running if name in (role, role.partition(".")[0]))
    shared = tuple(role for role in found if role.partition(".")[2] in GREEN_ROLES)
    if found and not shared:
        raise ValueError(f"{name} listens on a port that one process can have")
    if not shared:
        raise ValueError(f"nothing of that name runs: {name}")
    return shared


def count_beside(supervisor: Supervisor, roles: Sequence[str]) -> int:
    """The least that any of the roles has in processes that were not made by scaling them."""
    own = launcher(*roles).name
    return min(
        sum(role in program.roles and program.name != own for program in supervisor.programs)
        for role in roles
    )


class Control:
    """Answers on a socket until closed, one question after the other."""

    def __init__(self, path: Path, supervisor: Supervisor) -> None:
        self._path = path
        self._supervisor = supervisor
        self._socket = _bound(path)
        self._thread = threading.Thread(target=self._answer, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        # Closing alone wakes nobody who accepts.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._path.unlink(missing_ok=True)
        # Not for long: it may be waiting for replicas that are being stopped.
        self._thread.join(1)

    def _answer(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with (
                connection,
                connection.makefile("rw", encoding="utf-8") as stream,
                suppress(OSError),
            ):
                stream.write(self._reply(stream.readline()) + "\n")

    def _reply(self, line: str) -> str:
        try:
            counts = carry_out(self._supervisor, read_wishes(line.split()))
        except (ValueError, KeyError, RuntimeError, TimeoutError) as error:
            return json.dumps({"error": str(error.args[0] if error.args else error)})
        return json.dumps({"replicas": counts})


def _bound(path: Path) -> socket.socket:
    """Below the directory, as a path of a socket may have 107 bytes only."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    _at(path, listening.bind)
    path.chmod(0o600)
    listening.listen()
    return listening


def _at(path: Path, use: Callable[[str], None]) -> None:
    """Bind or connect through a descriptor of the directory, however long its name is."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        use(f"/proc/self/fd/{directory}/{path.name}")
    finally:
        os.close(directory)


def scale(path: Path, words: list[str]) -> None:
    """Ask the running `make run`, and say what it answers; raises RuntimeError where it refuses."""
    try:
        read_wishes(words)
    except ValueError as error:
        raise RuntimeError(str(error)) from None
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_PATIENCE + 10)
        try:
            _at(path, asking.connect)
        except OSError:
            raise RuntimeError("`make run` is not running in this directory") from None
        asking.sendall((" ".join(words) + "\n").encode())
        with asking.makefile(encoding="utf-8") as stream:
            answer = json.loads(stream.readline() or '{"error": "it ended"}')
    if "error" in answer:
        raise RuntimeError(answer["error"])
    for program, count in answer["replicas"].items():
        print(f"{program}: {count}", flush=True)
