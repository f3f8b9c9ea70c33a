"""The product's real processes under a test: started, killed, armed with crash points."""

from collections.abc import Mapping
from pathlib import Path

import requests

from libs.common.supervisor.processes import Supervisor
from libs.common.supervisor.programs import MAILBOX, Program, launcher, mailbox


class Processes(Supervisor):
    """A supervisor over one installation; its processes' output is kept in a file."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._file = log.open("a", encoding="utf-8", buffering=1)
        super().__init__(env, write_line=lambda line: print(line, file=self._file))
        self._crash_points = Path(env["CRASH_POINTS_DIR"])

    def start(
        self,
        *roles: str | tuple[str, ...],
        replicas: int = 1,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> None:
        """Start a process per role (a tuple of roles shares one) and wait until all are ready."""
        programs = [_program(role, replicas, env) for role in roles]
        self.run(*programs)
        self.wait_ready(*(program.name for program in programs), timeout=timeout)

    def arm(self, crash_point: str, role: str) -> None:
        """Make the next process of this role that passes the crash point kill itself there."""
        (self._crash_points / f"{crash_point}@{role}").touch()

    def is_armed(self, crash_point: str, role: str) -> bool:
        """Whether nobody has died there yet."""
        return (self._crash_points / f"{crash_point}@{role}").exists()

    def failing(self, role: str) -> list[str] | None:
        """The checks that /readyz names; None while the process does not answer."""
        url = f"http://127.0.0.1:{self.health_port(role)}/readyz"
        try:
            answered = requests.get(url, timeout=5)
        except requests.ConnectionError:
            return None
        found: list[str] = answered.json()["failing"]
        return found

    def disarm(self) -> None:
        for armed in self._crash_points.iterdir():
            armed.unlink(missing_ok=True)

    def output(self, lines: int = 200) -> str:
        """The last lines that the processes wrote; none once the run's directory is gone."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def close(self) -> None:
        """End all at once: their databases and their vhost go next."""
        self.stop(patience=0)
        self._file.close()


def _program(role: str | tuple[str, ...], replicas: int, env: Mapping[str, str] | None) -> Program:
    if role == MAILBOX:
        return mailbox()
    roles = (role,) if isinstance(role, str) else role
    return launcher(*roles, replicas=replicas, env=env)
