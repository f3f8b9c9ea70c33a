"""Staff see in the timeline that a customer could not be told."""

from uuid import uuid4

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event, load_event
from libs.common.contracts.notify import NoticeFailed
from libs.common.ids import uuid7
from services.ticketing.use_cases.failed_notices import show_failed_notice
from tests.integration.ticketing.desk import Desk


def failed(ticket_id: str) -> Event:
    data = {
        "delivery_id": uuid4(),
        "ticket_id": ticket_id,
        "customer_id": uuid4(),
        "channel": "mail",
        "occasion": "replied",
        "reason": "550 mailbox unavailable",
    }
    return load_event(dump_event(NoticeFailed, uuid7(), ticket_id, utc_now(), data))


def hear(desk: Desk, event: Event) -> None:
    with desk.database.begin() as uow:
        show_failed_notice(uow, event)
        uow.commit()


def test_a_failed_notice_is_one_entry_however_often_it_is_told(desk: Desk):
    ticket = desk.open()
    event = failed(ticket["ticket_id"])
    hear(desk, event)
    hear(desk, event)
    entries = desk.show(ticket["number"])["timeline"]["items"]
    [shown] = [e for e in entries if e["event"] and e["event"]["type"] == "notice.failed"]
    assert shown["event"]["reason"] == "550 mailbox unavailable"
    assert shown["author"]["kind"] == "system"
    assert shown["seq"] == 3


def test_a_failed_notice_is_no_event_of_the_ticket(desk: Desk):
    ticket = desk.open()
    hear(desk, failed(ticket["ticket_id"]))
    assert len(desk.events(ticket["ticket_id"])) == 1
    assert desk.show(ticket["number"])["version"] == ticket["version"]


def test_a_notice_about_an_unknown_ticket_stops_nothing(desk: Desk):
    hear(desk, failed(str(uuid4())))
