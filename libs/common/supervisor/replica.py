"""One running copy of a program: started, watched, started again with growing delay."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from libs.common.config import REFUSED
from libs.common.supervisor import children
from libs.common.supervisor.ports import free_port
from libs.common.supervisor.programs import Program

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
# A process that has lived this long has earned a quick restart.
STEADY_AFTER = 10.0


class Replica:
    """A program's process, its health port and how often it had to be started again."""

    def __init__(self, program: Program, number: int, env: Mapping[str, str], cwd: Path) -> None:
        self.program = program
        self.label = program.name if program.replicas == 1 else f"{program.name}#{number}"
        self.health_port = free_port() if program.has_health else 0
        self.restarts = 0
        self._env = {**env, "HEALTH_PORT": str(self.health_port), **program.env}
        self._cwd = cwd
        self._delay = FIRST_DELAY
        self._start_at = 0.0
        self._started_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def has_refused(self) -> bool:
        """Whether it ended because its configuration is wrong."""
        return self.process is not None and self.process.poll() == REFUSED

    def start(self) -> int:
        """Start the process; returns the end of the pipe that its output comes from."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            self.process = children.spawn(
                self.program.argv, env=self._env, output=writing, cwd=self._cwd
            )
        finally:
            os.close(writing)
        self._started_at = time.monotonic()
        self._start_at = 0.0
        return reading

    def is_due(self) -> bool:
        """Whether a dead process is to be started again now."""
        if self.is_alive or self.has_refused:
            return False
        now = time.monotonic()
        if not self._start_at:
            if now - self._started_at > STEADY_AFTER:
                self._delay = FIRST_DELAY
            self._start_at = now + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY)
            self.restarts += 1
        return now >= self._start_at

    def is_ready(self) -> bool:
        if not self.is_alive:
            return False
        if not self.program.has_health:
            return True
        try:
            address = f"http://127.0.0.1:{self.health_port}/readyz"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False
