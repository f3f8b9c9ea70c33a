"""What a customer is written to about."""

from uuid import uuid4

import pytest

from services.notify.domain.orders import Occasion, order_receipt, order_reply, order_solution
from tests.unit.notify.facts import created, replied, solved


@pytest.mark.parametrize("channel", ["mail", "web_form"])
def test_a_ticket_that_a_customer_wrote_gets_a_receipt(channel: str) -> None:
    order = order_receipt(created(channel=channel, contact_id=None))
    assert order is not None
    assert order.occasion is Occasion.RECEIPT


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
    content = order_reply(replied(attachments=[file])).content
    assert content["attachments"] == [
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
    assert order.content["text"] == "已补发并致歉。"


def test_occasions_of_one_ticket_differ_and_repeats_do_not() -> None:
    ticket = created()
    again, later = order_receipt(ticket), order_receipt({**ticket, "seq": 2})
    assert again == order_receipt(ticket)
    assert again is not None
    assert later is not None
    assert again.occasion_key != later.occasion_key
