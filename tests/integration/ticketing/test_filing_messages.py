"""Messages of customers become entries of tickets, once, in whatever order they come."""

from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event, public_body
from libs.common.contracts.intake import MessageReceived
from libs.common.ids import uuid7
from services.ticketing.domain.opening import follow_up_id
from services.ticketing.use_cases.file_messages import file_messages
from services.ticketing.use_cases.working import change_status, solve_ticket
from tests.integration.ticketing.desk import ZONE, Desk, file_facts, message, types


def messages_of(desk: Desk, ticket_id: UUID) -> list[str]:
    """The texts of the customer's messages, as the timeline shows them."""
    timeline = desk.show(desk.number_of(ticket_id))["timeline"]["items"]
    return [entry["text"] for entry in timeline if entry["kind"] == "message"]


def close(desk: Desk, number: str) -> None:
    desk.do(solve_ticket, desk.boss, number=number, text="已补发商品")
    desk.do(change_status, desk.boss, number=number, status="closed")


@pytest.fixture
def handling(desk: Desk) -> Handling:
    """The shell around the handler: inbox, savepoints, failures."""
    made = Handling(desk.database)

    def apply(uow, events):
        file_messages(uow, events, utc_now(), ZONE)

    made.add("message.received", Handler("file_messages", apply))
    return made


def body_of(event: Event) -> bytes:
    return dump_event(MessageReceived, event.id, event.subject, event.time, event.data)


def test_a_message_opens_a_ticket_with_a_number(desk: Desk):
    came = message(subject="订单漏发", kind="complaint")
    desk.file(came)
    ticket = desk.show(desk.number_of(came.data["ticket_id"]))
    assert ticket["subject"] == "订单漏发"
    assert (ticket["kind"], ticket["urgency"], ticket["channel"]) == ("complaint", "normal", "mail")
    assert ticket["customer"] == {
        "customer_id": str(came.data["customer_id"]),
        "name": "韩梅梅",
    }
    assert types(desk.events(came.data["ticket_id"])) == ["ticket.created"]


def test_other_teams_read_no_customers_name(desk: Desk):
    came = message()
    desk.file(came)
    desk.file(message(came.data["ticket_id"], customer_id=came.data["customer_id"]))
    query = "SELECT type, body FROM outbox WHERE body LIKE :ticket"
    with desk.database.engine.connect() as connection:
        ticket = {"ticket": f"%{came.data['ticket_id']}%"}
        told = connection.execute(text(query), ticket).all()
    assert len(told) == 2
    assert not any("韩梅梅" in public_body(row.type, row.body.encode()).decode() for row in told)


def test_the_event_of_a_new_ticket_names_its_cause_and_its_number(desk: Desk):
    came = message()
    desk.file(came)
    [event] = desk.events(came.data["ticket_id"])
    assert event["causationid"] == str(came.id)
    assert event["hops"] == 1
    assert event["data"]["number"] == desk.number_of(came.data["ticket_id"])
    assert event["data"]["message_id"] == str(came.data["message_id"])
    assert event["data"]["actor"]["kind"] == "customer"
    assert event["data"]["scope"]["assignee"] is None


def test_a_customers_urgency_counts_where_the_form_asks_for_it(desk: Desk):
    asked = message(channel="web_form", urgency_hint="urgent", form_fields={"order_number": "7"})
    guessed = message(channel="mail", urgency_hint="critical")
    desk.file(asked, guessed)
    form = desk.show(desk.number_of(asked.data["ticket_id"]))
    assert form["urgency"] == "urgent"
    assert form["fields"] == {"order_number": "7"}
    assert desk.show(desk.number_of(guessed.data["ticket_id"]))["urgency"] == "normal"


def test_the_same_event_again_changes_nothing(desk: Desk, handling: Handling):
    came = message()
    handling.apply([body_of(came), body_of(came)])
    handling.apply([body_of(came)])
    assert messages_of(desk, came.data["ticket_id"]) == [came.data["text"]]
    assert types(desk.events(came.data["ticket_id"])) == ["ticket.created"]


def test_the_same_message_in_another_event_changes_nothing(desk: Desk):
    came = message()
    again = message(**came.data)
    assert again.id != came.id
    desk.file(came)
    desk.file(again)
    desk.file(message(**came.data), message(**came.data))
    assert messages_of(desk, came.data["ticket_id"]) == [came.data["text"]]
    assert types(desk.events(came.data["ticket_id"])) == ["ticket.created"]


@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize("opener_first", [True, False])
def test_opener_and_answer_make_one_ticket_in_either_order(desk, in_one_batch, opener_first):
    ticket_id = uuid7()
    opener = message(ticket_id, subject="冰箱不制冷", text="一", kind="repair")
    answer = message(ticket_id, subject="Re: 冰箱不制冷", text="二", opens=False)
    events = [opener, answer] if opener_first else [answer, opener]
    for batch in [events] if in_one_batch else [[event] for event in events]:
        desk.file(*batch)
    ticket = desk.show(desk.number_of(ticket_id))
    assert sorted(messages_of(desk, ticket_id)) == ["一", "二"]
    assert (ticket["subject"], ticket["kind"]) == ("冰箱不制冷", "repair")
    assert types(desk.events(ticket_id)) == ["ticket.created", "ticket.message_received"]
    assert [event["data"]["seq"] for event in desk.events(ticket_id)] == [1, 2]


def test_a_batch_makes_many_tickets_with_different_numbers(desk: Desk):
    events = [message() for _ in range(50)]
    desk.file(*events)
    numbers = {desk.number_of(event.data["ticket_id"]) for event in events}
    assert len(numbers) == 50


def test_a_message_for_a_closed_ticket_opens_a_follow_up(desk: Desk):
    first = message()
    desk.file(first)
    old_id = first.data["ticket_id"]
    old_number = desk.number_of(old_id)
    close(desk, old_number)
    late = message(old_id, text="又坏了", opens=False)
    desk.file(late)
    desk.file(message(**late.data))
    new_id = follow_up_id(old_id, late.data["message_id"])
    new = desk.show(desk.number_of(new_id))
    assert new["follows_up"] == {"number": old_number}
    assert messages_of(desk, new_id) == ["又坏了"]
    assert messages_of(desk, old_id) == [first.data["text"]]
    assert desk.show(old_number)["status"] == "closed"
    told = desk.events(old_id)[-1]
    assert told["type"] == "ticket.followed_up"
    assert told["data"]["new_ticket_id"] == str(new_id)
    assert told["data"]["message_id"] == str(late.data["message_id"])
    [created] = desk.events(new_id)
    assert created["data"]["follows_up_ticket_id"] == str(old_id)
    last = desk.show(old_number)["timeline"]["items"][-1]
    assert last["event"]["number"] == new["number"]


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_several_late_messages_share_one_follow_up(desk: Desk, in_one_batch: bool):
    first = message()
    desk.file(first)
    old_id = first.data["ticket_id"]
    close(desk, desk.number_of(old_id))
    late = [message(old_id, text=text, opens=False) for text in ("一", "二")]
    for batch in [late] if in_one_batch else [[event] for event in late]:
        desk.file(*batch)
    new_id = follow_up_id(old_id, late[0].data["message_id"])
    assert messages_of(desk, new_id) == ["一", "二"]
    followed = [e["data"] for e in desk.events(old_id) if e["type"] == "ticket.followed_up"]
    assert [data["new_ticket_id"] for data in followed] == [str(new_id), str(new_id)]
    assert [data["message_id"] for data in followed] == [str(e.data["message_id"]) for e in late]


def test_a_follow_up_that_was_closed_is_followed_up_in_turn(desk: Desk):
    first = message()
    desk.file(first)
    old_id = first.data["ticket_id"]
    close(desk, desk.number_of(old_id))
    second = message(old_id, opens=False)
    desk.file(second)
    second_id = follow_up_id(old_id, second.data["message_id"])
    close(desk, desk.number_of(second_id))
    third = message(old_id, opens=False)
    desk.file(third)
    third_id = follow_up_id(second_id, third.data["message_id"])
    third_ticket = desk.show(desk.number_of(third_id))
    assert third_ticket["follows_up"] == {"number": desk.number_of(second_id)}
    assert desk.events(old_id)[-1]["data"]["new_ticket_id"] == str(third_id)


def test_an_automatic_reply_to_a_closed_ticket_opens_nothing(desk: Desk):
    first = message()
    desk.file(first)
    old_id = first.data["ticket_id"]
    close(desk, desk.number_of(old_id))
    desk.file(message(old_id, text="我在休假", is_auto_reply=True, opens=False))
    assert messages_of(desk, old_id) == [first.data["text"], "我在休假"]
    assert desk.show(desk.number_of(old_id))["status"] == "closed"


def test_attachments_are_adopted_with_the_message(desk: Desk):
    photo = file_facts(name="破损\x00照片.jpg")
    came = message(attachments=[photo])
    desk.file(came)
    shown = desk.show(desk.number_of(came.data["ticket_id"]))["timeline"]["items"][1]
    assert [file["name"] for file in shown["attachments"]] == ["破损照片.jpg"]
    with desk.database.engine.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM attachments WHERE attachment_id = :id"),
            {"id": photo["attachment_id"]},
        ).one()
    assert row.ticket_id == came.data["ticket_id"]
    assert str(row.entry_id) == shown["entry_id"]
    assert row.blob_key == photo["blob_key"]


def test_a_message_related_to_another_ticket_only_points_to_it(desk: Desk):
    first = message()
    desk.file(first)
    other = message(possibly_related_ticket_id=first.data["ticket_id"])
    desk.file(other)
    shown = desk.show(desk.number_of(other.data["ticket_id"]))
    assert shown["possibly_related_to"] == {"number": desk.number_of(first.data["ticket_id"])}


def test_texts_that_postgresql_cannot_store_stop_nothing(desk: Desk, handling: Handling):
    odd = message(
        subject="零\x00",
        text="字\x00节",
        html="<p>\x00</p>",
        customer_name="韩\x00",
        form_fields={"a\x00": ["\x00"]},
    )
    handling.apply([body_of(message()), body_of(odd), body_of(message())])
    assert messages_of(desk, odd.data["ticket_id"]) == ["字节"]
    assert desk.scalar("SELECT count(*) FROM inbox_failures") == 0


def test_words_that_this_release_does_not_know_get_their_defaults(desk: Desk):
    came = message(kind="gossip", channel="web_form", urgency_hint="asap")
    desk.file(came)
    ticket = desk.show(desk.number_of(came.data["ticket_id"]))
    assert (ticket["kind"], ticket["urgency"]) == ("inquiry", "normal")


def test_one_bad_message_of_a_batch_is_kept_beside_and_the_others_filed(desk, handling):
    good = [message() for _ in range(3)]
    # Its reply to the chain of causes would be the ninth: the chain stops here.
    bad = message()
    body = body_of(bad).replace(b'"hops":0', b'"hops":8')
    handling.apply([body_of(good[0]), body_of(good[1]), body, body_of(good[2])])
    for event in good:
        assert messages_of(desk, event.data["ticket_id"]) == [event.data["text"]]
    kept = desk.scalar("SELECT count(*) FROM inbox_failures WHERE event_id = :id", id=bad.id)
    assert kept == 1
    assert desk.scalar("SELECT count(*) FROM tickets WHERE ticket_id = :id",
                       id=bad.data["ticket_id"]) == 0  # fmt: skip


def test_what_a_failed_attempt_recorded_is_not_told_by_the_next_one(desk, handling):
    first = message(text="一")
    desk.file(first)
    ticket_id = first.data["ticket_id"]
    good, bad = message(ticket_id, text="二", opens=False), message()
    # The whole batch fails at the end, when events are told, and is then tried in halves.
    handling.apply([body_of(good), body_of(bad).replace(b'"hops":0', b'"hops":8')])
    assert messages_of(desk, ticket_id) == ["一", "二"]
    assert [event["data"]["seq"] for event in desk.events(ticket_id)] == [1, 2]


def test_replicas_that_file_for_the_same_new_ticket_at_once_make_one(desk: Desk):
    ids = [uuid7() for _ in range(10)]
    batches = [
        [message(i, text=f"{replica}", opens=replica == 0) for i in order]
        for replica, order in enumerate([ids, ids[::-1], ids, ids[::-1]])
    ]
    barrier = Barrier(len(batches))
    problems: list[BaseException] = []

    def run(batch: list[Event]) -> None:
        try:
            barrier.wait()
            desk.file(*batch)
        except BaseException as error:
            problems.append(error)

    threads = [Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    for ticket_id in ids:
        assert sorted(messages_of(desk, ticket_id)) == ["0", "1", "2", "3"]
        seqs = [event["data"]["seq"] for event in desk.events(ticket_id)]
        assert seqs == [1, 2, 3, 4]


def test_a_batch_takes_a_fixed_number_of_statements(desk: Desk):
    def statements(size: int) -> int:
        events = [message(attachments=[file_facts()]) for _ in range(size)]
        with desk.counting_statements() as seen:
            desk.file(*events)
        return len(seen)

    assert statements(1) == statements(100) <= 12


def test_conversations_are_remembered_with_the_ticket(desk: Desk):
    conversation = uuid4()
    came = message(conversation_id=conversation)
    desk.file(came)
    kept = desk.scalar(
        "SELECT conversation_id FROM tickets WHERE ticket_id = :id", id=came.data["ticket_id"]
    )
    assert kept == conversation
