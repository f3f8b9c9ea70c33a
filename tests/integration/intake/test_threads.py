"""Which ticket a mail joins, on a real database."""

from uuid import UUID, uuid4

import pytest

from libs.common.ids import uuid7
from tests.integration.intake.desk import Desk, ticket_created, tomorrow
from tests.unit.intake.mails import bounce, plain


def person() -> str:
    return f"{uuid4().hex}@example.com"


def name() -> str:
    return f"<{uuid4().hex}@example.com>"


def numbered(desk: Desk, ticket_id: UUID, customer_id: UUID) -> str:
    """Let ticketing give the ticket a number."""
    number = f"G20231001{uuid4().int % 10**9:09}"
    desk.tell(ticket_created(ticket_id, number, customer_id=customer_id))
    return number


def test_an_answer_to_our_mail_joins_its_ticket(desk: Desk) -> None:
    ann = person()
    first = desk.mail(plain(sender=ann, Message_ID=name()))
    ours = desk.our_message_id(first["ticket_id"])
    answer = desk.mail(plain(sender=ann, Message_ID=name(), In_Reply_To=ours))
    assert not answer["opens"]
    assert answer["ticket_id"] == first["ticket_id"]
    assert answer["conversation_id"] == first["conversation_id"]
    assert answer["customer_id"] == first["customer_id"]


def test_our_signature_counts_whoever_writes(desk: Desk) -> None:
    first = desk.mail(plain(sender=person(), Message_ID=name()))
    ours = desk.our_message_id(first["ticket_id"])
    answer = desk.mail(plain(sender=person(), Message_ID=name(), References=f"{name()} {ours}"))
    assert answer["ticket_id"] == first["ticket_id"]
    assert answer["customer_id"] != first["customer_id"]


def test_a_forged_signature_counts_for_nothing(desk: Desk) -> None:
    first = desk.mail(plain(sender=person(), Message_ID=name()))
    ours = desk.our_message_id(first["ticket_id"])
    forged = ours.replace(ours[20], "a" if ours[20] != "a" else "b", 1)
    answer = desk.mail(plain(sender=person(), Message_ID=name(), In_Reply_To=forged))
    assert answer["opens"]


def test_a_reference_to_ones_own_mail_joins_and_a_strangers_does_not(desk: Desk) -> None:
    ann, first_id = person(), name()
    first = desk.mail(plain(sender=ann, Message_ID=first_id))
    again = desk.mail(plain(sender=ann, Message_ID=name(), References=first_id))
    stranger = desk.mail(plain(sender=person(), Message_ID=name(), In_Reply_To=first_id))
    assert (again["opens"], again["ticket_id"]) == (False, first["ticket_id"])
    assert stranger["opens"]
    assert stranger["possibly_related_ticket_id"] == first["ticket_id"]


def test_who_was_let_in_by_our_signature_takes_part(desk: Desk) -> None:
    first = desk.mail(plain(sender=person(), Message_ID=name()))
    colleague, colleague_id = person(), name()
    ours = desk.our_message_id(first["ticket_id"])
    desk.mail(plain(sender=colleague, Message_ID=colleague_id, In_Reply_To=ours))
    more = desk.mail(plain(sender=colleague, Message_ID=name(), References=colleague_id))
    assert more["ticket_id"] == first["ticket_id"]


def test_a_number_in_the_subject_joins_for_the_customer_only(desk: Desk) -> None:
    ann = person()
    first = desk.mail(plain(sender=ann, Message_ID=name()))
    number = numbered(desk, first["ticket_id"], first["customer_id"])
    subject = f"关于 {number}"
    own = desk.mail(plain(sender=ann, Message_ID=name(), subject=subject))
    other = desk.mail(plain(sender=person(), Message_ID=name(), subject=subject))
    assert own["ticket_id"] == first["ticket_id"]
    assert other["opens"]
    assert other["possibly_related_ticket_id"] == first["ticket_id"]


def test_a_joining_message_has_its_number_at_once(desk: Desk) -> None:
    ann, first_id = person(), name()
    first = desk.mail(plain(sender=ann, Message_ID=first_id))
    number = numbered(desk, first["ticket_id"], first["customer_id"])
    answer = desk.send_mail(plain(sender=ann, Message_ID=name(), References=first_id))
    desk.file()
    assert desk.client.get(answer.json["status_url"]).json["number"] == number


def test_mails_of_one_batch_that_belong_together_do(desk: Desk) -> None:
    ann, first_id, second_id = person(), name(), name()
    receipts = [
        desk.send_mail(plain(sender=ann, Message_ID=first_id)).json["receipt_id"],
        desk.send_mail(plain(sender=ann, Message_ID=second_id, References=first_id)).json[
            "receipt_id"
        ],
        desk.send_mail(plain(sender=ann, Message_ID=name(), References=second_id)).json[
            "receipt_id"
        ],
    ]
    desk.file()
    received = [desk.received(one) for one in receipts]
    assert [one["opens"] for one in received] == [True, False, False]
    assert len({one["ticket_id"] for one in received}) == 1
    assert len({one["customer_id"] for one in received}) == 1


def test_a_message_for_a_ticket_that_intake_has_not_heard_of(desk: Desk) -> None:
    ticket_id, customer_id = uuid7(), uuid4()
    ours = desk.our_message_id(ticket_id)
    answer = desk.mail(plain(sender=person(), Message_ID=name(), In_Reply_To=ours))
    assert (answer["opens"], answer["ticket_id"]) == (False, ticket_id)
    number = numbered(desk, ticket_id, customer_id)
    query = "SELECT number, customer_id FROM conversations WHERE ticket_id = :id"
    assert tuple(desk.rows(query, id=ticket_id)[0].values()) == (number, customer_id)


def test_a_bounce_joins_the_ticket_and_is_nobodys_message(desk: Desk) -> None:
    first = desk.mail(plain(sender=person(), Message_ID=name()))
    returned = bounce(desk.our_message_id(first["ticket_id"]))
    customers = desk.scalar("SELECT count(*) FROM customers")
    received = desk.mail(returned)
    assert received["ticket_id"] == first["ticket_id"]
    assert received["is_auto_reply"]
    assert received["customer_id"] == first["customer_id"]
    assert received["contact_id"] is None
    assert desk.scalar("SELECT count(*) FROM customers") == customers


def test_an_absence_note_joins_the_ticket_it_answers(desk: Desk) -> None:
    ann = person()
    first = desk.mail(plain(sender=ann, Message_ID=name()))
    note = plain(
        sender=ann,
        Message_ID=name(),
        Auto_Submitted="auto-replied",
        Return_Path="<>",
        In_Reply_To=desk.our_message_id(first["ticket_id"]),
    )
    received = desk.mail(note)
    assert received["ticket_id"] == first["ticket_id"]
    assert received["is_auto_reply"]


def test_an_answer_waits_for_the_mail_that_another_replica_is_filing(desk: Desk) -> None:
    ann, first_id = person(), name()
    first = desk.send_mail(plain(sender=ann, Message_ID=first_id)).json["receipt_id"]
    answer = desk.send_mail(plain(sender=ann, Message_ID=name(), References=first_id))
    with desk.database.begin() as other:
        # Another replica has claimed the first and is at work.
        other.session.connection().exec_driver_sql(
            "SELECT * FROM receipts WHERE receipt_id = %s FOR UPDATE", (first,)
        )
        desk.file()
        assert desk.receipt(answer.json["receipt_id"])["state"] == "accepted"
        assert desk.receipt(answer.json["receipt_id"])["attempts"] == 0
    desk.file()
    desk.file(tomorrow())
    received = desk.received(answer.json["receipt_id"])
    assert received["ticket_id"] == desk.received(first)["ticket_id"]


def test_nobody_waits_for_a_mail_that_fails(desk: Desk) -> None:
    ann, first_id = person(), name()
    first = desk.send_mail(plain(sender=ann, Message_ID=first_id)).json["receipt_id"]
    with desk.database.begin() as uow:
        uow.session.connection().exec_driver_sql(
            "UPDATE receipts SET attempts = 1, next_at = now() + interval '1 hour' "
            "WHERE receipt_id = %s", (first,)
        )  # fmt: skip
        uow.commit()
    answer = desk.mail(plain(sender=ann, Message_ID=name(), References=first_id))
    assert answer["opens"]


def test_mails_that_refer_to_each_other_do_not_wait_for_ever(desk: Desk) -> None:
    ann, one, two = person(), name(), name()
    desk.send_mail(plain(sender=ann, Message_ID=one, References=two))
    second = desk.mail(plain(sender=ann, Message_ID=two, References=one))
    assert second["customer_name"]


def test_the_same_mail_at_two_accounts_is_offered_as_related(desk: Desk) -> None:
    desk.open_mailbox("sales@tidedesk.local")
    mail = plain(sender=person(), Message_ID=name())
    first = desk.mail(mail)
    copy = desk.send_mail(mail, account="sales@tidedesk.local").json["receipt_id"]
    desk.file()
    received = desk.received(copy)
    assert received["opens"]
    assert received["possibly_related_ticket_id"] == first["ticket_id"]
    assert received["channel_account_id"] != first["channel_account_id"]


@pytest.mark.parametrize(
    "line",
    [
        b"References: <caf\xe9@x.cn>",
        b"In-Reply-To: <a\x00b@x.cn>",
        b"Message-ID: =?utf-7?q?<a+2AA-@x.cn>?=\r\nReferences: =?utf-7?q?<b+2AA-@x.cn>?=",
    ],
)
def test_a_mail_that_refers_to_what_no_mail_is_called_is_filed(desk: Desk, line: bytes) -> None:
    assert desk.mail(line + b"\r\nFrom: a@example.com\r\nSubject: x\r\n\r\nhello")["opens"]
