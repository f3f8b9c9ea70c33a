"""Starts programs, shows their output under their names, keeps them alive until told to stop."""

import contextlib
import os
import selectors
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from libs.common.supervisor import children
from libs.common.supervisor.ports import wait_until
from libs.common.supervisor.programs import Program
from libs.common.supervisor.replica import Replica

ROOT = Path(__file__).parents[3]


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Supervisor:
    """A set of running programs. Start it from a thread that lives as long as they may."""

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        write_line: Callable[[str], None] = _print_line,
        cwd: Path = ROOT,
    ) -> None:
        self.env = dict(env)
        self._write_line = write_line
        self._cwd = cwd
        self._replicas: list[Replica] = []
        self._lock = threading.RLock()
        self._pipes = selectors.DefaultSelector()
        self._closing = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, *programs: Program) -> None:
        """Start programs; they are started again whenever they die."""
        with self._lock:
            for program in programs:
                for number in range(1, program.replicas + 1):
                    replica = Replica(program, number, self.env, self._cwd)
                    self._replicas.append(replica)
                    self._start(replica)
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
            self._thread.start()

    def scale(self, program: Program, wanted: int) -> None:
        """Have `wanted` replicas of a program; the youngest go first, after what is in hand.

        New ones are started by the thread that watches, which they are tied to.
        """
        with self._lock:
            own = [one for one in self._replicas if one.program.name == program.name]
            for number in range(len(own) + 1, wanted + 1):
                several = replace(program, replicas=max(wanted, 2))
                self._replicas.append(Replica(several, number, self.env, self._cwd))
            surplus = list(reversed(own[wanted:]))
            self._replicas = [one for one in self._replicas if one not in surplus]
        _end([one for one in surplus if one.process is not None], 10.0)

    @property
    def programs(self) -> list[Program]:
        """One for each replica."""
        return [replica.program for replica in list(self._replicas)]

    @property
    def roles(self) -> frozenset[str]:
        """All that somebody plays."""
        return frozenset(role for program in self.programs for role in program.roles)

    def wait_ready(self, *names: str, timeout: float = 60) -> None:
        """Return when all replicas (of the named programs or roles) answer /readyz.

        Raises RuntimeError if one refuses its configuration, TimeoutError if one is not ready.
        """
        replicas = [replica for name in names for replica in self._find(name)] or self._replicas
        for replica in list(replicas):
            wait_until(partial(self._is_ready, replica), timeout, f"{replica.label} is ready")

    def pid(self, name: str, number: int = 1) -> int:
        process = self._find(name)[number - 1].process
        assert process is not None
        return process.pid

    def health_port(self, name: str, number: int = 1) -> int:
        return self._find(name)[number - 1].health_port

    def count(self, name: str) -> int:
        """How many replicas there are."""
        return len(self._find(name))

    def restarts(self, name: str) -> int:
        """How often the program's replicas had to be started again."""
        return sum(replica.restarts for replica in self._find(name))

    def kill(self, name: str, number: int = 1) -> int:
        """End a replica by SIGKILL, as a crash would; returns the pid that is no more."""
        process = self._find(name)[number - 1].process
        assert process is not None
        children.kill(process)
        return process.pid

    def signal(self, name: str, how: signal.Signals, number: int = 1) -> None:
        os.kill(self.pid(name, number), how)

    def stop(self, *names: str, patience: float = 10.0) -> None:
        """Ask the named programs (default: all, last started first) to end, then force them."""
        if not names:
            self._closing.set()
        with self._lock:
            chosen = [replica for name in names for replica in self._find(name)] or self._replicas
            chosen = list(reversed(chosen))
            self._replicas = [replica for replica in self._replicas if replica not in chosen]
        _end([replica for replica in chosen if replica.process is not None], patience)
        if not names:
            self._finish()

    def _is_ready(self, replica: Replica) -> bool:
        refused = [one.label for one in self._replicas if one.has_refused]
        if refused:
            raise RuntimeError(f"{', '.join(refused)} refused the configuration, as said above")
        return replica.is_ready()

    def _find(self, name: str) -> list[Replica]:
        found = [
            one for one in self._replicas if name == one.program.name or name in one.program.roles
        ]
        if not found:
            raise KeyError(f"{name} is not among {[one.label for one in self._replicas]}")
        return found

    def _start(self, replica: Replica) -> None:
        pipe = replica.start()
        self._pipes.register(pipe, selectors.EVENT_READ, _Output(replica.label, self._write_line))

    def _watch(self) -> None:
        """The one loop: forwards output, starts what died. Children are tied to this thread."""
        while not self._ended.is_set():
            self._forward(0.1)
            with self._lock:
                for replica in self._replicas:
                    if self._closing.is_set():
                        break
                    if replica.process is None:
                        self._start(replica)
                    elif replica.is_due():
                        self._write_line(f"{replica.label} | died, starting again")
                        self._start(replica)
        self._forward(0)

    def _forward(self, timeout: float) -> None:
        for key, _ in self._pipes.select(timeout):
            with contextlib.suppress(BlockingIOError):
                block = os.read(key.fd, 65536)
                key.data.show(block)
                if not block:
                    self._pipes.unregister(key.fd)
                    os.close(key.fd)

    def _finish(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        for key in list(self._pipes.get_map().values()):
            os.close(key.fd)
        self._pipes.close()


class _Output:
    """Cuts a stream into lines under a program's name."""

    def __init__(self, label: str, write_line: Callable[[str], None]) -> None:
        self._label = label
        self._write_line = write_line
        self._rest = b""

    def show(self, block: bytes) -> None:
        *lines, self._rest = (self._rest + block).split(b"\n")
        if not block and self._rest:
            lines, self._rest = [self._rest], b""
        for line in lines:
            self._write_line(f"{self._label} | {line.decode(errors='replace')}")


def _end(replicas: list[Replica], patience: float) -> None:
    for replica in replicas:
        assert replica.process is not None
        if replica.process.poll() is None:
            replica.process.send_signal(signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        wait_until(lambda: not any(one.is_alive for one in replicas), patience, "end")
    for replica in replicas:
        assert replica.process is not None
        children.kill(replica.process)
