"""From due to sent: what a customer gets, and what happens when the mail server will not."""

from uuid import uuid4

import pytest

from libs.common.testing.eventually import eventually
from services.notify.use_cases.send_mails import claim_mails, send_mails
from tests.integration.notify.desk import Desk, reply_to, ticket_of
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import contact_facts, solved


def test_a_conversation_threads_at_the_customers(desk: Desk, sink: SmtpSink) -> None:
    ticket = ticket_of(desk.known_customer())
    desk.acknowledge(ticket)
    desk.send()
    desk.pass_on(reply_to(ticket))
    desk.send()
    same = {name: ticket[name] for name in ("ticket_id", "customer_id", "contact_id")}
    desk.announce(solved(**same))
    desk.send()
    receipt, reply, solution = (mail.message for mail in sink.mails())
    assert receipt["References"] is None
    assert reply["In-Reply-To"] == receipt["Message-ID"]
    assert solution["References"] == f"{receipt['Message-ID']} {reply['Message-ID']}"
    assert {mail["Subject"] for mail in (receipt, reply, solution)} == {
        "[G20261121001] 收到的商品破损"
    }


def test_a_receipt_is_in_the_customers_language(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(ticket_of(desk.known_customer(language="en", display_name="Ann O'Neil")))
    desk.send()
    (mail,) = sink.mails()
    assert "Dear Ann O'Neil," in mail.text()
    assert "Dear Ann O&#39;Neil," in mail.text("html")


def test_a_reply_brings_its_files(desk: Desk, sink: SmtpSink) -> None:
    content = bytes(range(256)) * 1000
    blob = desk.room.blobs.put("gateway", content, max_size=1_000_000, encrypted=True)
    file = {
        "attachment_id": uuid4(),
        "blob_key": blob.key,
        "name": "安装说明（第二版）.pdf",
        "media_type": "application/pdf",
        "size": blob.size,
        "sha256": blob.sha256,
    }
    desk.pass_on(reply_to(ticket_of(desk.known_customer()), attachments=[file]))
    desk.send()
    (part,) = sink.mails()[0].message.iter_attachments()
    assert part.get_filename() == "安装说明（第二版）.pdf"
    assert part.get_content() == content


def test_a_lease_that_ran_out_sends_the_same_mail_again(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    (lost,) = claim_mails(desk.database, desk.room, desk.now, 10)
    desk.wait(seconds=59)
    desk.send()
    assert sink.count() == 0
    desk.wait(seconds=1)
    desk.send(desk.open_room())
    assert desk.delivery().status == "sent"
    assert desk.delivery().attempts == 2
    assert sink.mails()[0].raw == b"".join(lost.write())


def test_who_lost_the_lease_settles_nothing(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    slow, quick = desk.room, desk.open_room()
    parcels = claim_mails(desk.database, slow, desk.now, 10)
    desk.wait(minutes=1)
    claim_mails(desk.database, quick, desk.now, 10)
    slow.post.take(parcels)
    desk.send(slow)
    assert sink.count() == 1
    assert desk.delivery().status == "sending"


def test_two_replicas_share_what_is_due(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(*(ticket_of(desk.known_customer()) for _ in range(12)))
    other = desk.open_room()
    mine = claim_mails(desk.database, desk.room, desk.now, 6)
    theirs = claim_mails(desk.database, other, desk.now, 20)
    assert [len(mine), len(theirs)] == [6, 6]
    assert not {one.delivery.delivery_id for one in mine} & {
        one.delivery.delivery_id for one in theirs
    }


def test_a_refused_recipient_is_given_up_at_once_and_told(desk: Desk, sink: SmtpSink) -> None:
    ticket = ticket_of(desk.known_customer())
    desk.pass_on(reply_to(ticket))
    sink.behave("refuse")
    desk.send()
    assert (desk.delivery().status, desk.delivery().attempts) == ("failed", 1)
    assert desk.delivery().error == "550 5.1.1 <…>: no such user"
    (failure,) = desk.failures()
    assert failure["delivery_id"] == str(desk.delivery().delivery_id)
    assert failure["occasion"] == "replied"
    assert "han@example.com" not in failure["reason"]


def test_a_deferred_mail_is_tried_again_later_and_later(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    sink.behave("defer")
    desk.send()
    assert (desk.delivery().status, desk.delivery().error[:3]) == ("waiting", "451")
    desk.wait(seconds=4)
    desk.send()
    assert desk.delivery().attempts == 1
    desk.wait(seconds=1)
    desk.send()
    assert desk.delivery().attempts == 2
    sink.behave("accept")
    desk.wait(seconds=10)
    desk.send()
    assert (desk.delivery().status, desk.delivery().error) == ("sent", None)
    assert not desk.failures()


def test_after_three_days_of_deferring_it_is_given_up(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    sink.behave("defer")
    desk.send()
    desk.wait(days=3)
    desk.send()
    assert desk.delivery().status == "failed"
    assert len(desk.failures()) == 1


def test_a_connection_lost_after_the_mail_was_taken_sends_it_with_the_same_id(
    desk: Desk, sink: SmtpSink
) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    sink.behave("drop")
    desk.send()
    assert desk.delivery().status == "waiting"
    sink.behave("accept")
    desk.wait(seconds=5)
    desk.send()
    first, second = sink.mails()
    assert first.raw == second.raw


def test_one_bad_recipient_does_not_hold_up_the_others(desk: Desk, sink: SmtpSink) -> None:
    bad = desk.known_customer(contacts=[contact_facts(value="bad@example.com")])
    others = [desk.known_customer(contacts=[contact_facts()]) for _ in range(20)]
    desk.acknowledge(*(ticket_of(one) for one in [bad, *others]))
    sink.behave("refuse", "bad@example.com")
    desk.send()
    assert (len(desk.deliveries("sent")), len(desk.deliveries("failed"))) == (20, 1)


def test_a_file_that_is_missing_delays_its_mail_only(desk: Desk, sink: SmtpSink) -> None:
    file = {
        "attachment_id": uuid4(),
        "blob_key": "gateway/2026/11/21/" + "a" * 26,
        "name": "x.pdf",
        "media_type": "application/pdf",
        "size": 1,
        "sha256": "0" * 64,
    }
    customer = desk.known_customer()
    desk.pass_on(reply_to(ticket_of(customer), attachments=[file]))
    desk.pass_on(reply_to(ticket_of(customer)))
    desk.send()
    waiting, sent = desk.deliveries()
    assert (waiting.status, sent.status) == ("waiting", "sent")
    assert "NotFound" in waiting.error
    assert sink.count() == 1


def test_contents_that_no_key_opens_delay_their_mail_only(desk: Desk, sink: SmtpSink) -> None:
    customer = desk.known_customer()
    desk.acknowledge(ticket_of(customer))
    with desk.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET content_encrypted = 'x'")
    desk.acknowledge(ticket_of(customer))
    desk.send()
    assert [row.status for row in desk.deliveries()] == ["waiting", "sent"]


def test_a_server_that_is_away_is_probed_and_all_goes_out_when_it_is_back(
    desk: Desk, sink: SmtpSink
) -> None:
    customers = [desk.known_customer(contacts=[contact_facts()]) for _ in range(100)]
    desk.acknowledge(*(ticket_of(customer) for customer in customers))
    sink.stop()
    desk.send()
    first_wave = sum(row.attempts for row in desk.deliveries())
    assert 64 <= first_wave < 70
    eventually(lambda: desk.room.post.room() == 1)
    desk.send()
    assert sum(row.attempts for row in desk.deliveries()) - first_wave in (1, 2)
    sink.start()
    desk.wait(minutes=1)
    _eventually_all_sent(desk, 100)
    assert sink.count() == 100


def test_a_server_that_never_greets_does_not_stop_the_process(desk: Desk, sink: SmtpSink) -> None:
    desk.acknowledge(ticket_of(desk.known_customer()))
    sink.behave("mute")
    desk.send()
    assert desk.delivery().status == "waiting"
    assert "timed out" in desk.delivery().error


def test_a_mail_that_hangs_holds_one_connection_and_not_the_others(
    desk: Desk, sink: SmtpSink
) -> None:
    stuck = desk.known_customer(contacts=[contact_facts(value="stuck@example.com")])
    others = [desk.known_customer(contacts=[contact_facts()]) for _ in range(60)]
    sink.behave("hang", "stuck@example.com")
    desk.acknowledge(*(ticket_of(one) for one in [stuck, *others]))
    _eventually_all_sent(desk, 60)
    (hanging,) = desk.deliveries("sending")
    assert hanging.status == "sending"
    assert desk.room.post.is_busy()


def _eventually_all_sent(desk: Desk, amount: int) -> None:
    def all_sent() -> bool:
        send_mails(desk.database, desk.room, desk.now)
        return len(desk.deliveries("sent")) == amount

    eventually(all_sent, 30)


@pytest.mark.parametrize("kind", ["defer", "refuse", "drop"])
def test_a_connection_serves_on_after_a_failure(desk: Desk, sink: SmtpSink, kind: str) -> None:
    bad = desk.known_customer(contacts=[contact_facts(value="bad@example.com")])
    sink.behave(kind, "bad@example.com")  # type: ignore[arg-type]
    for customer in (bad, desk.known_customer(), bad, desk.known_customer()):
        desk.acknowledge(ticket_of(customer))
        desk.send()
    assert len(desk.deliveries("sent")) == 2
