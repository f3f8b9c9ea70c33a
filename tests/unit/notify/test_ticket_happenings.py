"""What a customer is written to about."""

from datetime import UTC
from typing import Any
from uuid import uuid4

import pytest

from services.notify.domain.happenings import Happening
from services.notify.domain.ticket_happenings import happening_of
from services.notify.domain.wording import variables_of
from tests.unit.notify.facts import created, replied, solved, ticket_facts


def order_receipt(ticket: dict[str, Any]) -> Happening | None:
    return happening_of("ticket.created", ticket)


def order_reply(ticket: dict[str, Any]) -> Happening:
    happening = happening_of("ticket.replied", ticket)
    assert happening is not None
    return happening


def order_solution(ticket: dict[str, Any]) -> Happening | None:
    return happening_of("ticket.solved", ticket)


@pytest.mark.parametrize("channel", ["mail", "web_form"])
def test_a_ticket_that_a_customer_wrote_gets_a_receipt(channel: str) -> None:
    order = order_receipt(created(channel=channel, contact_id=None))
    assert order is not None
    assert order.occasion == "receipt"


def test_a_ticket_by_phone_gets_a_receipt_only_if_a_contact_is_known() -> None:
    by_phone = {"channel": "phone", "message_id": None}
    assert order_receipt(created(**by_phone, contact_id=None)) is None
    assert order_receipt(created(**by_phone, contact_id=uuid4())) is not None


def test_an_automatic_mail_never_gets_a_receipt() -> None:
    assert order_receipt(created(is_auto_reply=True)) is None


def test_a_reply_goes_with_its_files() -> None:
    file = {
        "attachment_id": uuid4(),
        "blob_key": "gateway/2026/11/21/x",
        "name": "说明.pdf",
        "media_type": "application/pdf",
        "size": 3,
        "sha256": "0" * 64,
    }
    said = order_reply(replied(attachments=[file])).extra
    assert said["attachments"] == [
        {
            "blob_key": file["blob_key"],
            "name": "说明.pdf",
            "media_type": "application/pdf",
            "size": 3,
        }
    ]


def test_a_solution_is_announced_unless_the_agent_chose_otherwise() -> None:
    assert order_solution(solved(notify_customer=False)) is None
    order = order_solution(solved())
    assert order is not None
    assert order.extra["text"] == "已补发并致歉。"


def test_occasions_of_one_ticket_differ_and_repeats_do_not() -> None:
    ticket = created()
    again, later = order_receipt(ticket), order_receipt({**ticket, "seq": 2})
    assert again == order_receipt(ticket)
    assert again is not None
    assert later is not None
    assert again.occasion_key != later.occasion_key


def test_a_move_to_closed_is_an_occasion_of_its_own_and_an_archived_one_none() -> None:
    def move(to_status: str) -> str | None:
        ticket = ticket_facts(from_status="in_progress", to_status=to_status, reason="内部原因")
        happening = happening_of("ticket.status_changed", ticket)
        assert happening is None or "内部" not in str(happening.extra)
        return happening.occasion if happening else None

    assert [move(one) for one in ("awaiting_customer", "closed", "archived")] == [
        "status_changed",
        "closed",
        None,
    ]


def test_an_own_status_has_its_own_words_for_customers() -> None:
    told = {"zh": "等待配件", "en": "waiting for parts"}
    ticket = ticket_facts(from_status="in_progress", to_status="in_progress", customer_text=told)
    happening = happening_of("ticket.status_changed", ticket)
    assert happening is not None
    said = {"status": "in_progress", **happening.extra}
    for language, words in told.items():
        assert variables_of(said, language, UTC)["status"] == words
    shipped = {"status": "in_progress", "reason": ""}
    assert variables_of(shipped, "zh", UTC)["status"] == "处理中"


def test_who_is_named_in_a_note_is_told_without_its_text() -> None:
    li = uuid4()
    note = ticket_facts(entry_id=uuid4(), mentions=[li])
    happening = happening_of("ticket.note_added", note)
    assert happening is not None
    assert (happening.occasion, list(happening.recipients or ())) == ("mention", [li])
    assert happening_of("ticket.note_added", {**note, "mentions": []}) is None


def test_what_nobody_is_told_of_is_no_happening() -> None:
    assert happening_of("ticket.edited", ticket_facts(changed=["subject"])) is None
