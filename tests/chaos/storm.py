"""What goes wrong in the chaos run: a list of steps, each a named death and the way back."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes

CRASH_POINTS = (
    ("after_file_before_commit", "intake.jobs"),
    ("after_file_commit", "intake.jobs"),
    ("after_publish_before_delete", "intake.jobs"),
    ("after_commit_before_ack", "ticketing.events"),
    ("after_publish_before_delete", "ticketing.events"),
    ("after_commit_before_ack", "notify.events"),
    ("after_commit_before_ack", "intake.events"),
    ("after_claim_before_send", "notify.jobs"),
    ("after_send_before_commit", "notify.jobs"),
    ("after_sent_commit", "notify.jobs"),
    ("after_publish_before_delete", "notify.jobs"),
    ("after_webhook_claim_before_send", "notify.jobs"),
    ("after_webhook_send_before_commit", "notify.jobs"),
    ("after_commit_before_ack", "dispatch.events"),
    ("dispatch_after_settling_before_commit", "dispatch.events"),
    ("dispatch_after_drain_before_commit", "dispatch.jobs"),
    ("dispatch_after_drain_commit", "dispatch.jobs"),
    ("after_publish_before_delete", "dispatch.events"),
    ("after_publish_before_delete", "dispatch.jobs"),
    ("after_commit_before_ack", "sla.events"),
    ("after_publish_before_delete", "sla.events"),
    ("after_clocks_told", "sla.jobs"),
    ("after_timers_before_commit", "sla.jobs"),
    ("after_figures_kept", "reporting.events"),
    ("after_commit_before_ack", "reporting.events"),
    ("after_commit_before_ack", "gateway.events"),
    ("after_command_before_commit", "ticketing.rpc"),
    ("after_command_before_reply", "ticketing.rpc"),
    ("after_accept_before_commit", "intake.door"),
    ("after_accept_commit", "intake.door"),
    ("after_accept_commit", "intake.smtp"),
)


@dataclass(frozen=True)
class Step:
    """Something dies; `run` returns when it is back, so the time it takes is the recovery's."""

    name: str
    run: Callable[[], None]


class Storm:
    """Knows how to kill each part of a running system; `pulse` gives it something to do."""

    def __init__(
        self,
        processes: Processes,
        postgres: Any,
        rabbit: Any,
        *,
        seed: int,
        pulse: Callable[[], None],
    ) -> None:
        self._pulse = pulse
        self._chance = random.Random(seed)
        self._processes = processes
        self._postgres = postgres
        self._rabbit = rabbit

    def steps(self, roles: tuple[str, ...], turn: int, *, is_long: bool) -> Iterator[Step]:
        """Crash points and kills at random moments in turn, the servers in the middle.

        Of roles with replicas another one is killed each turn. The short form has a third of the
        crash points and of the roles, other ones each time.
        """
        kills = []
        for role in roles if is_long else self._some(roles):
            number = turn % self._processes.count(role) + 1
            kills.append(Step(f"kill -9 {role} {number}", partial(self._kill, role, number)))
        points = [
            Step(f"{point} in {role}", partial(self._crash, point, role))
            for point, role in (CRASH_POINTS if is_long else self._some(CRASH_POINTS))
        ]
        servers = [
            Step("RabbitMQ killed and started", lambda: self._restart(self._rabbit)),
            Step("PostgreSQL killed and started", lambda: self._restart(self._postgres)),
        ]
        middle = len(points) // 2
        points[middle:middle] = servers
        while points or kills:
            for steps in (points, kills):
                if steps:
                    yield steps.pop(0)

    def _some(self, all_of_them: tuple[Any, ...]) -> list[Any]:
        chosen = self._chance.sample(all_of_them, len(all_of_them) // 3)
        return [one for one in all_of_them if one in chosen]

    def _crash(self, point: str, role: str) -> None:
        self._processes.arm(point, role)

        def has_died() -> bool:
            # Another process may relay or handle what was on its way, so there must be more.
            self._pulse()
            return not self._processes.is_armed(point, role)

        eventually(has_died, 90, pause=0.3)
        self._await(role)

    def _kill(self, role: str, number: int) -> None:
        # Not always when the messages have just been let go.
        time.sleep(self._chance.random())
        self._processes.kill(role, number)
        self._await(role)

    def _restart(self, server: Any) -> None:
        server.kill()
        server.start()
        for role in (
            *("ticketing.events", "intake.jobs", "notify.jobs", "gateway.web"),
            *("dispatch.jobs", "sla.jobs", "reporting.events", "gateway.events"),
        ):
            self._await(role)

    def _await(self, role: str) -> None:
        self._processes.wait_ready(role, timeout=90)


def timed(step: Step) -> float:
    """Run a step; seconds until its part was back."""
    started = time.monotonic()
    step.run()
    return time.monotonic() - started
