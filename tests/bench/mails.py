"""How many mails a second one process renders and hands to a mail server beside it.

    python -m tests.bench.mails

Answers of agents to as many customers, already ordered; the server is aiosmtpd in a process of its
own, and shares the machine. From the first mail sent to the last, commits included.
"""

import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from services.notify.domain.ticket_happenings import happening_of
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.keep_addresses import keep_addresses
from services.notify.use_cases.tell import tell
from tests.bench.own_servers import own_servers
from tests.bench.table import print_table
from tests.support.smtp_sink import SmtpSink

MAILS, FLOOR, PATIENCE = 4_000, 200.0, 90  # patience in seconds
_BATCH = 100
_TEXT = "您好，已为您补发一只新的杯子，预计三天内送达。\n如有其他问题，请随时告诉我们。\n" * 5

Row = dict[str, Any]


def measure_mails(amount: int = MAILS) -> Row:
    """A row of the bench."""
    with (
        tempfile.TemporaryDirectory() as directory,
        own_servers("notify") as (variables, processes),
        SmtpSink(Path(directory)) as sink,
    ):
        variables["SMTP_URL"] = sink.url
        config = Config.read(variables)
        database = Database.connect("notify", config)
        _order(database, Desk.open(config), amount)
        processes.start("notify.jobs", env={"SMTP_URL": sink.url})
        _await(database, amount)
        row = _row(database, sink.count())
        database.close()
    return row


def _order(database: Database, desk: Desk, amount: int) -> None:
    for begin in range(0, amount, _BATCH):
        now = utc_now()
        customers = [_customer(begin + n) for n in range(min(_BATCH, amount - begin))]
        replies = [
            happening_of("ticket.replied", _reply(one, n)) for n, one in enumerate(customers)
        ]
        with database.begin() as uow:
            keep_addresses(uow, desk.keys, now, customers)
            tell(uow, desk, now, [one for one in replies if one is not None])
            uow.commit()


def _await(database: Database, amount: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with database.begin(read_only=True) as uow:
            sent = uow.session.scalar(text("SELECT count(*) FROM deliveries WHERE status = 'sent'"))
        if (sent or 0) >= amount:
            return
        time.sleep(0.5)


def _row(database: Database, received: int) -> Row:
    with database.begin(read_only=True) as uow:
        first, last, sent = uow.session.execute(
            text("SELECT min(sent_at), max(sent_at), count(sent_at) FROM deliveries")
        ).one()
    took = (last - first).total_seconds() or 1.0
    note = f"{sent} mails sent in {took:.1f} s, {received} received"
    return {"name": "mails: rendered and sent", "rate": sent / took, "floor": FLOOR, "note": note}


def _customer(number: int) -> dict[str, Any]:
    contact = {
        "contact_id": uuid4(),
        "kind": "email",
        "value": f"customer{number}@example.com",
        "is_verified": True,
    }
    return {
        "customer_id": uuid4(),
        "version": 1,
        "display_name": f"客户{number}",
        "language": "zh-CN" if number % 2 else "en",
        "tier": None,
        "contacts": [contact],
    }


def _reply(customer: dict[str, Any], number: int) -> dict[str, Any]:
    now = utc_now()
    return {
        "ticket_id": uuid7(),
        "number": f"G20261122{number:03}",
        "seq": 2,
        "status": "in_progress",
        "urgency": "normal",
        "kind": "complaint",
        "channel": "mail",
        "customer_id": customer["customer_id"],
        "contact_id": customer["contacts"][0]["contact_id"],
        "assignee_id": None,
        "group_id": None,
        "subject": "收到的商品破损",
        "created_at": now,
        "occurred_at": now,
        "actor": {"kind": "staff", "id": None, "name": "李雷"},
        "text": _TEXT,
    }


if __name__ == "__main__":
    print_table([measure_mails()])
