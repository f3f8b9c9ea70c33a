"""Each occasion is one delivery, in whichever order and however often its event comes."""

from concurrent.futures import ThreadPoolExecutor

from tests.integration.notify.desk import Desk, reply_to, ticket_of
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import contact_facts, created, customer_facts, solved


def test_every_handler_bears_repeats(desk: Desk, sink: SmtpSink) -> None:
    customer = customer_facts()
    ticket = ticket_of(customer)
    reply = reply_to(ticket)
    end = solved(**{name: ticket[name] for name in ("ticket_id", "customer_id", "contact_id")})
    for _ in range(3):
        desk.keep(customer)
        desk.acknowledge(ticket, ticket)
        desk.pass_on(reply, reply)
        desk.announce(end)
        desk.send()
    assert [row.occasion for row in desk.deliveries("sent")] == ["receipt", "replied", "solved"]
    assert len({mail.message_id for mail in sink.mails()}) == len(sink.mails()) == 3


def test_a_ticket_before_its_customer_waits_for_the_address(desk: Desk, sink: SmtpSink) -> None:
    customer = customer_facts()
    desk.acknowledge(ticket_of(customer))
    desk.send()
    assert (desk.delivery().status, desk.delivery().attempts) == ("waiting", 0)
    assert desk.delivery().next_at > desk.now
    desk.keep(customer)
    desk.send()
    assert desk.delivery().status == "sent"
    assert [mail.recipient for mail in sink.mails()] == ["han@example.com"]


def test_a_ticket_before_its_customers_newest_address_waits_for_it(
    desk: Desk, sink: SmtpSink
) -> None:
    customer = desk.known_customer()
    newest = contact_facts(value="mei@example.org")
    desk.acknowledge(created(customer_id=customer["customer_id"], contact_id=newest["contact_id"]))
    desk.send()
    assert not sink.mails()
    desk.keep({**customer, "version": 2, "contacts": [*customer["contacts"], newest]})
    desk.send()
    assert [mail.recipient for mail in sink.mails()] == ["mei@example.org"]


def test_of_two_versions_of_a_customer_the_higher_holds(desk: Desk, sink: SmtpSink) -> None:
    old = customer_facts()
    new = {**old, "version": 2, "contacts": [contact_facts(value="new@example.com")]}
    desk.keep(new)
    desk.keep(old)
    desk.keep(new, old)
    desk.acknowledge(ticket_of(new))
    desk.send()
    assert [mail.recipient for mail in sink.mails()] == ["new@example.com"]


def test_a_contact_may_move_from_one_customer_to_another(desk: Desk, sink: SmtpSink) -> None:
    first, contact = desk.known_customer(), contact_facts()
    desk.keep({**first, "version": 2, "contacts": [contact]})
    second = desk.known_customer(contacts=[contact])
    desk.acknowledge(ticket_of(second))
    desk.send()
    assert [mail.recipient for mail in sink.mails()] == [contact["value"]]


def test_addresses_and_contents_are_unreadable_in_the_database(desk: Desk) -> None:
    customer = desk.known_customer()
    desk.acknowledge(ticket_of(customer, text="一个秘密"))
    with desk.database.engine.connect() as connection:
        for table in ("addresses", "contact_copies", "deliveries"):
            shown = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            stored = b"".join(bytes(v) for row in shown for v in row if isinstance(v, memoryview))
            plain = repr([v for row in shown for v in row if not isinstance(v, memoryview)])
            assert stored
            for secret in ("han@example.com", "韩梅梅", "一个秘密"):
                assert secret not in plain
                assert secret.encode() not in stored


def test_an_address_that_never_comes_is_given_up_and_told(desk: Desk) -> None:
    ticket = created()
    desk.acknowledge(ticket)
    desk.wait(hours=24)
    desk.send()
    assert desk.delivery().status == "failed"
    (failure,) = desk.failures()
    assert failure["ticket_id"] == str(ticket["ticket_id"])
    assert failure["occasion"] == "receipt"


def test_a_customer_without_mail_is_skipped(desk: Desk) -> None:
    customer = desk.known_customer(contacts=[contact_facts(kind="phone", value="+8613800138000")])
    desk.pass_on(reply_to(ticket_of(customer)))
    desk.send()
    assert (desk.delivery().status, desk.delivery().error) == ("skipped", "no e-mail address")
    assert not desk.failures()


def test_the_twenty_first_receipt_within_an_hour_is_skipped(desk: Desk, sink: SmtpSink) -> None:
    customer = desk.known_customer()
    for _ in range(5):
        desk.acknowledge(*(ticket_of(customer) for _ in range(5)))
    assert [row.error for row in desk.deliveries("skipped")] == ["throttled"] * 5
    desk.pass_on(reply_to(ticket_of(customer)))
    desk.wait(minutes=61)
    desk.acknowledge(ticket_of(customer))
    desk.send()
    assert sink.count() == 22


def test_two_replicas_throttle_together_and_do_not_deadlock(desk: Desk) -> None:
    customers = [desk.known_customer(contacts=[contact_facts()]) for _ in range(3)]
    batches = [[ticket_of(one) for one in customers for _ in range(6)] for _ in range(8)]
    batches[1::2] = [list(reversed(batch)) for batch in batches[1::2]]
    with ThreadPoolExecutor(4) as replicas:
        list(replicas.map(lambda batch: desk.acknowledge(*batch), batches))
    assert len(desk.deliveries("waiting")) == 3 * 20
    assert len(desk.deliveries("skipped")) == 3 * 28


def test_the_same_occasion_from_two_replicas_is_one_delivery(desk: Desk) -> None:
    tickets = [ticket_of(desk.known_customer()) for _ in range(10)]
    batches = [tickets, tickets[::-1]] * 3
    with ThreadPoolExecutor(4) as replicas:
        list(replicas.map(lambda batch: desk.acknowledge(*batch), batches))
    assert len(desk.deliveries()) == 10
