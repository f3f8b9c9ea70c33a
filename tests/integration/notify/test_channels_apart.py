"""A provider that hangs delays its own channel, and nobody else's."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from libs.common.testing.eventually import eventually
from services.notify.domain.ticket_happenings import happening_of
from services.notify.use_cases.send_messages import send_messages
from tests.integration.notify.desk import Desk, reply_to, ticket_of
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import contact_facts


@pytest.fixture
def hanging() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        held: list[socket.socket] = []

        def hold() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=hold, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        for connection in held:
            connection.close()


def test_a_provider_that_hangs_holds_up_no_mail(desk: Desk, sink: SmtpSink, hanging: str) -> None:
    desk.allow(occasion="accepted", channels=["sms"])
    number = contact_facts(kind="phone", value="+8613800138000", is_verified=True)
    customer = desk.known_customer(contacts=[contact_facts(), number])
    tickets = [ticket_of(customer) for _ in range(20)]
    desk.tell(*(happening_of("ticket.accepted", ticket) for ticket in tickets))
    room = desk.open_messages(hanging)
    outlet = room.outlets["sms"]
    send_messages(desk.database, room, "sms", desk.now)
    eventually(lambda: outlet.room() == 0)
    desk.pass_on(*(reply_to(ticket) for ticket in tickets))
    desk.send()
    assert len(desk.deliveries("sent")) == sink.count() == 20
    assert outlet.is_busy()
    send_messages(desk.database, room, "sms", desk.now)
    assert len(desk.deliveries("waiting")) == 12
