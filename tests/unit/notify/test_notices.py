"""What an assignee is told, and that nobody is told what they did themselves."""

from typing import Any
from uuid import UUID, uuid4

from services.notify.domain.notices import NoticeOrder
from services.notify.domain.ticket_happenings import happening_of
from tests.unit.notify.facts import ticket_facts
from tests.unit.notify.telling import notices

LI, WANG = uuid4(), uuid4()


def notice_of_assignment(ticket: dict[str, Any]) -> NoticeOrder | None:
    return only("ticket.assigned", ticket)


def notice_of_message(ticket: dict[str, Any]) -> NoticeOrder | None:
    return only("ticket.message_received", ticket)


def notice_of_reopening(ticket: dict[str, Any]) -> NoticeOrder | None:
    return only("ticket.reopened", ticket)


def only(event_type: str, ticket: dict[str, Any]) -> NoticeOrder | None:
    return next(iter(notices(happening_of(event_type, ticket))), None)


def told(notice: NoticeOrder | None) -> NoticeOrder:
    assert notice is not None
    return notice


def staff(person: UUID) -> dict[str, Any]:
    return {"kind": "staff", "id": person, "name": "某人"}


def assigned(**fields: Any) -> dict[str, Any]:
    return ticket_facts(assignee_id=LI, actor=staff(WANG), note=None, **fields)


def test_the_assignee_is_told_of_a_ticket_that_somebody_gave_them() -> None:
    notice = told(notice_of_assignment(assigned()))
    assert notice.recipient_id == LI
    assert notice.title == "工单 G20261121001 已分配给您"
    assert notice.text == "收到的商品破损"


def test_who_takes_a_ticket_is_not_told_of_it() -> None:
    assert notice_of_assignment({**assigned(), "actor": staff(LI)}) is None


def test_the_note_of_an_assignment_is_what_the_notice_says() -> None:
    assert told(notice_of_assignment({**assigned(), "note": "老客户"})).text == "老客户"


def test_the_assignee_is_told_that_the_customer_wrote() -> None:
    ticket = ticket_facts(assignee_id=LI, text="还是没收到", is_auto_reply=False)
    notice = told(notice_of_message(ticket))
    assert (notice.recipient_id, notice.text) == (LI, "还是没收到")


def test_an_automatic_answer_is_named_as_such() -> None:
    ticket = ticket_facts(assignee_id=LI, text="我在休假", is_auto_reply=True)
    assert "自动回复" in told(notice_of_message(ticket)).title


def test_an_unassigned_ticket_tells_nobody() -> None:
    assert notice_of_message(ticket_facts(text="在吗", is_auto_reply=False)) is None


def test_the_assignee_is_told_of_a_reopening_by_somebody_else_only() -> None:
    ticket = ticket_facts(assignee_id=LI, cause="staff", reason="客户来电")
    assert told(notice_of_reopening({**ticket, "actor": staff(WANG)})).text == "客户来电"
    assert notice_of_reopening({**ticket, "actor": staff(LI)}) is None


def test_a_long_text_is_told_in_one_short_line() -> None:
    ticket = ticket_facts(assignee_id=LI, text="很长\n\n的话 " * 200, is_auto_reply=False)
    text = told(notice_of_message(ticket)).text
    assert len(text) == 200
    assert "\n" not in text


def test_an_english_colleague_reads_english() -> None:
    happening = happening_of("ticket.assigned", assigned())
    (notice,) = notices(happening, language="en")
    assert notice.title == "Ticket G20261121001 is yours now"


def test_the_most_urgent_tickets_stand_in_the_way() -> None:
    assert told(notice_of_assignment(assigned(urgency="critical"))).is_urgent
    assert not told(notice_of_assignment(assigned(urgency="urgent"))).is_urgent
