"""A whole installation under a test: every role a process of its own, as in production."""

import subprocess
import sys
from collections.abc import Mapping

from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import without_operator
from libs.common.testing.processes import Processes
from tests.demo.customer import Form, Mailbox, MailServer
from tests.demo.desk import Desk
from tests.demo.story import Outside

SERVICES = ("intake", "ticketing", "notify")
ROLES = ("rpc", "events", "jobs")
GREEN = (*(f"{service}.{role}" for service in SERVICES for role in ROLES), "gateway.jobs")
PLAIN = ("intake.door", "intake.smtp", "gateway.web")


def start_everything(processes: Processes, *, apart: bool = True) -> None:
    """Seed and start; `apart` gives each role a process of its own, else a service has one.

    Each owner comes to the broker as the user that has its rights alone.
    """
    for module in ("gateway.seed", "services.intake.seed"):
        subprocess.run([sys.executable, "-m", module], env=processes.env, cwd=ROOT, check=True)
    together = [tuple(f"{service}.{role}" for role in ROLES) for service in SERVICES]
    processes.env = without_operator(processes.env)
    processes.start(
        "mailbox", *(GREEN if apart else (*together, "gateway.jobs")), *PLAIN, timeout=120
    )


def outside_of(env: Mapping[str, str]) -> Outside:
    """The customers' side."""
    return Outside(
        form=Form(f"http://127.0.0.1:{env['DOOR_PORT']}", env["FORM_KEY"]),
        mail=MailServer(f"smtp://127.0.0.1:{env['SMTP_IN_PORT']}"),
        mailbox=Mailbox(f"http://127.0.0.1:{env['MAILBOX_PORT']}"),
    )


def desk_of(env: Mapping[str, str], login: str = "CS001") -> Desk:
    """A signed-in member of the demo staff."""
    password = password_of(env, login)
    return Desk(f"http://127.0.0.1:{env['GATEWAY_PORT']}/api/v1", login, password)


def password_of(env: Mapping[str, str], login: str) -> str:
    """What the seed has set for the login's role."""
    own = {"CS900": "SUPERVISOR", "AD001": "ADMINISTRATOR", "EM001": "EMPLOYEE", "AU001": "AUDITOR"}
    role = own.get(login, "AGENT")
    return env[f"SEED_{role}_PASSWORD"]
