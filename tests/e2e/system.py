"""A whole installation under a test: every role a process of its own, as in production."""

import subprocess
import sys
from collections.abc import Mapping

from libs.common.supervisor.processes import ROOT
from libs.common.testing.processes import Processes
from tests.demo.customer import Form, Mailbox, MailServer
from tests.demo.desk import Desk
from tests.demo.story import Outside

GREEN = tuple(
    f"{service}.{role}"
    for service in ("intake", "ticketing", "notify")
    for role in ("rpc", "events", "jobs")
)
PLAIN = ("intake.door", "intake.smtp", "gateway.web")


def start_everything(processes: Processes, *, apart: bool = True) -> None:
    """Seed and start; `apart` gives each role a process of its own, else a service has one."""
    for module in ("gateway.seed", "services.intake.seed"):
        subprocess.run([sys.executable, "-m", module], env=processes.env, cwd=ROOT, check=True)
    services = ("intake", "ticketing", "notify")
    together = [tuple(f"{one}.{role}" for role in ("rpc", "events", "jobs")) for one in services]
    processes.start("mailbox", *(GREEN if apart else together), *PLAIN, timeout=120)


def outside_of(env: Mapping[str, str]) -> Outside:
    """The customers' side."""
    return Outside(
        form=Form(f"http://127.0.0.1:{env['DOOR_PORT']}", env["FORM_KEY"]),
        mail=MailServer(f"smtp://127.0.0.1:{env['SMTP_IN_PORT']}"),
        mailbox=Mailbox(f"http://127.0.0.1:{env['MAILBOX_PORT']}"),
    )


def desk_of(env: Mapping[str, str], login: str = "CS001") -> Desk:
    """A signed-in member of the demo staff."""
    is_agent = login != "CS900"
    password = env["SEED_AGENT_PASSWORD" if is_agent else "SEED_SUPERVISOR_PASSWORD"]
    return Desk(f"http://127.0.0.1:{env['GATEWAY_PORT']}/api/v1", login, password)
