"""A whole installation under a test: every role a process of its own, as in production."""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import without_operator
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.customer import Form, Mailbox, MailServer, Surveys
from tests.demo.desk import Desk
from tests.demo.story import Outside, text_of

Roles = str | tuple[str, ...]

SERVICES = ("intake", "ticketing", "notify", "dispatch", "sla", "kb", "reporting")
ROLES = ("rpc", "events", "jobs")
GATEWAY = ("gateway.events", "gateway.jobs")
GREEN = (*(f"{service}.{role}" for service in SERVICES for role in ROLES), *GATEWAY)
SPLITS: dict[str, Sequence[Roles]] = {
    "roles": GREEN,
    "services": [*(tuple(f"{one}.{role}" for role in ROLES) for one in SERVICES), GATEWAY],
    "nothing": [GREEN],
}
REPLICATED = ("dispatch", "sla")
PLAIN = ("intake.door", "intake.smtp", "gateway.web")


def start_everything(
    processes: Processes, *, split: str = "roles", replicas: int = 1, dispatches: bool = False
) -> None:
    """Seed and start.

    `split`: whether each of the "roles" has a process of its own, each of the "services", or
    "nothing": then one process plays all of them, which starts in a third of the time.

    `replicas`: how many there are of each role of dispatch and sla. `dispatches`: with the demo's
    rules, by which tickets go to whoever is online. Each owner comes to the broker as the user that
    has its rights alone.
    """
    _seed(processes, "gateway.seed", "services.intake.seed", "services.kb.seed")
    processes.env = without_operator(processes.env)
    start_processes(processes, split=split, replicas=replicas)
    if dispatches:
        _seed(processes, "services.dispatch.seed")


def start_processes(processes: Processes, *, split: str = "roles", replicas: int = 1) -> None:
    """The same without seeds: for databases that have everything."""
    processes.start("mailbox", timeout=120)
    names = SPLITS[split]
    several = [name for name in names if _service(name) in REPLICATED and replicas > 1]
    once = [name for name in names if name not in several]
    processes.start(*several, replicas=replicas, timeout=120)
    processes.start(*once, *PLAIN, timeout=120)


def _seed(processes: Processes, *modules: str) -> None:
    for module in modules:
        subprocess.run([sys.executable, "-m", module], env=processes.env, cwd=ROOT, check=True)


def _service(roles: Roles) -> str:
    first = roles if isinstance(roles, str) else roles[0]
    return first.partition(".")[0]


def outside_of(env: Mapping[str, str]) -> Outside:
    """The customers' side."""
    return Outside(
        form=Form(f"http://127.0.0.1:{env['DOOR_PORT']}", env["FORM_KEY"]),
        mail=MailServer(f"smtp://127.0.0.1:{env['SMTP_IN_PORT']}"),
        mailbox=Mailbox(f"http://127.0.0.1:{env['MAILBOX_PORT']}"),
        surveys=Surveys(f"http://127.0.0.1:{env['GATEWAY_PORT']}/api/v1"),
    )


def code_sent_to(outside: Outside, address: str) -> str:
    """The newest code that has come to the address by mail, once there is one."""

    def codes() -> list[str]:
        texts = map(text_of, outside.mailbox.mails_to(address))
        return [text for text in texts if "验证码" in text or "code" in text]

    digits = re.search(r"\b\d{6}\b", eventually(codes, 30)[-1])
    assert digits
    return digits[0]


def desk_of(env: Mapping[str, str], login: str = "CS001") -> Desk:
    """A signed-in member of the demo staff."""
    password = password_of(env, login)
    return Desk(f"http://127.0.0.1:{env['GATEWAY_PORT']}/api/v1", login, password)


def opened(desk: Desk, **more: Any) -> dict[str, Any]:
    """A ticket that a customer has called about."""
    asked = {"name": "分类客户", "email": f"{uuid4()}@example.com"}
    customer = desk.ask("POST", "/customers", asked)["customer_id"]
    body = {"customer_id": customer, "subject": "分类工单", "text": "请处理", **more}
    return dict(desk.ask("POST", "/tickets", body))


def password_of(env: Mapping[str, str], login: str) -> str:
    """What the seed has set for the login's role."""
    own = {"CS900": "SUPERVISOR", "AD001": "ADMINISTRATOR", "EM001": "EMPLOYEE", "AU001": "AUDITOR"}
    role = own.get(login, "AGENT")
    return env[f"SEED_{role}_PASSWORD"]
