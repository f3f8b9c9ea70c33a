"""What to start: which roles share a process, in the layout that `make run` uses."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

MAILBOX = "mailbox"


@dataclass(frozen=True)
class Program:
    """A process to keep alive, in one or more replicas."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    replicas: int = 1
    # Answers /readyz on the HEALTH_PORT that it is given.
    has_health: bool = True


def launcher(*roles: str, replicas: int = 1, env: Mapping[str, str] | None = None) -> Program:
    """The roles of one or several services in one process."""
    return Program(
        name=_name(roles),
        argv=(sys.executable, "-m", "libs.common.launcher", *roles),
        env=env or {},
        roles=roles,
        replicas=replicas,
    )


def _name(roles: tuple[str, ...]) -> str:
    """`intake.rpc`, `intake.events` → `intake.rpc+events`."""
    first, *others = roles
    service = first.partition(".")[0] + "."
    return "+".join([first, *(role.removeprefix(service) for role in others)])


def mailbox() -> Program:
    """The SMTP sink with a page that shows what would have been sent."""
    argv = (sys.executable, "-m", "services.notify.mailbox")
    return Program(MAILBOX, argv, roles=(MAILBOX,), has_health=False)


def small_installation(*, with_mailbox: bool) -> list[Program]:
    """Everything on one machine in little memory; doors last, when the rooms are lit."""
    programs = [
        launcher("intake.rpc", "intake.events", "intake.jobs"),
        launcher("ticketing.rpc"),
        launcher("ticketing.events", "ticketing.jobs"),
        launcher(
            *("notify.rpc", "notify.events", "notify.jobs"),
            *("gateway.events", "gateway.jobs"),
        ),
        launcher(
            *("dispatch.rpc", "dispatch.events", "dispatch.jobs"),
            *("sla.rpc", "sla.events", "sla.jobs"),
        ),
        launcher(
            *("kb.rpc", "kb.events", "kb.jobs"),
            *("reporting.rpc", "reporting.events", "reporting.jobs"),
        ),
        launcher("intake.door"),
        launcher("intake.smtp"),
        launcher("gateway.web"),
    ]
    return [mailbox(), *programs] if with_mailbox else programs
