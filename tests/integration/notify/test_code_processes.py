"""Codes through the real processes: asked for over RPC, handed over by the job, deaths between."""

from typing import Any

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.contracts.intake import CustomerRegistered
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.customer import Mailbox, text_of
from tests.integration.notify.desk import ticket_of
from tests.integration.notify.outside import Facts, Outside, command, opened
from tests.support.actors import actor
from tests.support.sms_sink import SmsSink
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import contact_facts, customer_facts

pytestmark = pytest.mark.services("notify")

GATEWAY = Actor(None, "gateway", "gateway", permissions=frozenset({"code.send"}))
SECRET = "975318"
ASKED: Facts = {
    "channel": "sms",
    "address": "+8613900139000",
    "code": SECRET,
    "purpose": "login",
    "language": "zh",
    "valid_seconds": 300,
}


@pytest.fixture(scope="module")
def running_sms(installation: dict[str, str]) -> Any:
    with SmsSink(bytes.fromhex(installation["SMS_KEY"])) as sink:
        yield sink


@pytest.fixture(scope="module")
def running(
    processes: Processes, outside: Outside, running_sink: SmtpSink, running_sms: SmsSink
) -> Processes:
    to_the_sinks = {"SMTP_URL": running_sink.url, "SMS_URL": running_sms.url}
    processes.start("notify.events", "notify.jobs", "notify.rpc", env=to_the_sinks)
    return processes


def ask(caller: RpcClient, **fields: Any) -> Facts:
    """To a number or address of its own, unless the fields name one."""
    own = {"address": f"+8613{uuid7().int % 10**9:09}"}
    if fields.get("channel") == "mail":
        own = {"address": f"{uuid7().hex}@example.com"}
    asked = ASKED | own | fields
    command(caller, GATEWAY, "send_code", **asked)
    return asked


def statuses(stored: Database) -> list[str]:
    with stored.engine.connect() as connection:
        return list(connection.execute(text("SELECT status FROM codes ORDER BY 1")).scalars())


@pytest.fixture
def no_codes(stored: Database) -> None:
    with stored.engine.begin() as connection:
        connection.execute(text("DELETE FROM codes"))


def test_a_code_that_is_asked_for_is_sent(
    running: Processes, caller: RpcClient, sms: SmsSink, sink: SmtpSink
) -> None:
    by_sms, by_mail = ask(caller), ask(caller, channel="mail", purpose="portal", language="en")
    (request,) = eventually(lambda: sms.requests(by_sms["address"]))
    (mail,) = eventually(lambda: sink.mails(by_mail["address"]))
    assert request.is_signed
    assert SECRET in request.text
    assert SECRET in mail.text()


def test_a_code_asked_for_twice_by_one_id_is_sent_once(
    running: Processes, caller: RpcClient, stored: Database, no_codes: None
) -> None:
    command_id = str(uuid7())
    for _ in range(2):
        command(caller, GATEWAY, "send_code", command_id=command_id, **ASKED)
    assert len(statuses(stored)) == 1
    with pytest.raises(Conflict):
        command(caller, GATEWAY, "send_code", command_id=command_id, **ASKED | {"code": "111111"})


@pytest.mark.parametrize("role", ["administrator", "agent", "customer"])
def test_nobody_but_the_gateway_itself_has_codes_sent(
    running: Processes, caller: RpcClient, role: str
) -> None:
    with pytest.raises(Forbidden) as refusal:
        command(caller, actor(role), "send_code", **ASKED)
    assert refusal.value.code == "permission.missing"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel", "fax"),
        ("channel", None),
        ("address", "110"),
        ("address", 13800138000),
        ("code", "12 34"),
        ("code", 123456),
        ("purpose", "lottery"),
        ("language", "fr"),
        ("language", ["zh"]),
        ("valid_seconds", 59),
        ("valid_seconds", True),
        ("valid_seconds", 90_000),
        ("is_wanted", "yes"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_by_field(
    running: Processes, caller: RpcClient, field: str, value: object
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        command(caller, GATEWAY, "send_code", **ASKED | {field: value})
    assert list(refusal.value.details["errors"]) == [field]
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("crash_point", "requests"),
    [("after_code_claim_before_send", 0), ("after_code_send_before_commit", 1)],
)
def test_after_a_death_an_sms_is_not_sent_a_second_time(
    running: Processes,
    caller: RpcClient,
    stored: Database,
    sms: SmsSink,
    no_codes: None,
    crash_point: str,
    requests: int,
) -> None:
    running.arm(crash_point, "notify.jobs")
    asked = ask(caller)
    eventually(lambda: not running.is_armed(crash_point, "notify.jobs"), 30)
    assert statuses(stored) == ["sending"]
    let_leases_run_out(stored)
    eventually(lambda: statuses(stored) == ["unknown"], 30)
    assert len(sms.requests(asked["address"])) == requests


@pytest.mark.parametrize(
    ("crash_point", "mails"),
    [("after_code_claim_before_send", 1), ("after_code_send_before_commit", 2)],
)
def test_after_a_death_a_mail_goes_again_the_same(
    running: Processes,
    caller: RpcClient,
    stored: Database,
    sink: SmtpSink,
    no_codes: None,
    crash_point: str,
    mails: int,
) -> None:
    running.arm(crash_point, "notify.jobs")
    asked = ask(caller, channel="mail")
    eventually(lambda: not running.is_armed(crash_point, "notify.jobs"), 30)
    assert statuses(stored) == ["sending"]
    let_leases_run_out(stored)
    eventually(lambda: statuses(stored) == ["sent"], 30)
    assert len(sink.mails(asked["address"])) == mails
    assert len({mail.raw for mail in sink.mails(asked["address"])}) == 1


def test_a_hanging_provider_delays_no_mail(
    running: Processes, outside: Outside, caller: RpcClient, sms: SmsSink, sink: SmtpSink
) -> None:
    sms.behave("hang")
    stuck = [ask(caller)["address"] for _ in range(100)]
    eventually(lambda: len(sms.requests()) >= 16)
    customer = customer_facts(contacts=[contact_facts(value=f"{uuid7().hex}@example.com")])
    outside.tell((CustomerRegistered, customer), *opened(ticket_of(customer)))
    code = ask(caller, channel="mail")
    eventually(lambda: sink.mails(code["address"]))
    eventually(lambda: sink.mails(customer["contacts"][0]["value"]))
    # The mails did not wait for the texts: most of those have not even been tried yet.
    assert len({one.to for one in sms.requests()}) < len(stuck)
    sms.forget()


def test_no_code_stands_in_any_log(
    running: Processes,
    caller: RpcClient,
    stored: Database,
    sms: SmsSink,
    sink: SmtpSink,
    no_codes: None,
) -> None:
    for refusing in (sms, sink):
        refusing.behave("refuse")
    ask(caller)
    ask(caller, channel="mail")
    eventually(lambda: statuses(stored) == ["failed", "failed"])
    written = running.log.read_text()
    assert "notify.jobs" in written
    assert SECRET not in written
    assert "+8613" not in written


def test_the_local_mailbox_takes_mails_and_texts(
    running: Processes, caller: RpcClient, installation: dict[str, str]
) -> None:
    ours = {name: installation[name] for name in ("SMTP_URL", "SMS_URL")}
    running.stop("notify.jobs")
    running.start("mailbox")
    running.start("notify.jobs", env=ours)
    mailbox = Mailbox(f"http://127.0.0.1:{installation['MAILBOX_PORT']}")
    by_sms, by_mail = ask(caller), ask(caller, channel="mail")
    (said,) = eventually(lambda: mailbox.texts_to(by_sms["address"]))
    (mail,) = eventually(lambda: mailbox.mails_to(by_mail["address"]))
    assert SECRET in said
    assert SECRET in text_of(mail)


def let_leases_run_out(stored: Database) -> None:
    with stored.engine.begin() as connection:
        connection.execute(
            text("UPDATE codes SET leased_until = now() WHERE leased_until IS NOT NULL")
        )
