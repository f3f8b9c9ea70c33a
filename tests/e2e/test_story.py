"""The main job from outside: a customer's message becomes an answered, solved ticket."""

import pytest
from requests import HTTPError

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo import circle, story
from tests.demo.desk import Desk, Refused
from tests.demo.samples import photo
from tests.demo.story import Outside
from tests.e2e.system import desk_of, outside_of, start_everything

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    start_everything(processes, split="nothing")
    return processes.env


@pytest.fixture(scope="module")
def outside(system: dict[str, str]) -> Outside:
    return outside_of(system)


@pytest.fixture(scope="module")
def agent(system: dict[str, str]) -> Desk:
    return desk_of(system)


@pytest.fixture(scope="module")
def supervisor(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


def test_a_mail_becomes_one_ticket_that_is_answered_and_solved(
    outside: Outside, agent: Desk, supervisor: Desk
) -> None:
    said: list[str] = []
    sender = "zhangsan@example.com"
    story.complain_by_mail(outside, sender, said.append)
    number = story.receipt_number(outside, sender, said.append)
    assert "首次答复" in said[-1], "the receipt says by when"
    story.take(agent, number, said.append)
    story.work_on(agent, number, said.append)
    story.answer_by_mail(outside, sender, number, said.append)
    ticket = story.see_answer(agent, number, said.append)
    assert ticket["status"] == "in_progress"
    story.solve(agent, outside, number, sender, said.append)

    timeline = supervisor.timeline(number)
    inbound = [entry for entry in timeline if entry["direction"] == "in"]
    assert len(inbound) == 2, "the repeated delivery must not show"
    assert "杯盖碎了" in inbound[0]["text"]
    attachment = inbound[0]["attachments"][0]
    assert attachment["name"] == "破损照片.png"
    assert supervisor.download(attachment["attachment_id"]) == photo()
    assert inbound[1]["text"].strip() == "好的,地址没有变:上海市浦东新区。换货单号收到了,谢谢!"
    sequence = [entry["seq"] for entry in timeline]
    assert sequence == sorted(sequence)
    customer = supervisor.ticket(number)["customer"]["customer_id"]
    assert [row["number"] for row in supervisor.all_tickets(customer_id=customer)] == [number]


def test_the_circle_closes(outside: Outside, agent: Desk, supervisor: Desk) -> None:
    said: list[str] = []
    sender = "wangsan@example.com"
    story.complain_by_mail(outside, sender, said.append)
    number = story.receipt_number(outside, sender, said.append)
    story.take(agent, number, said.append)
    story.work_on(agent, number, said.append)
    story.solve(agent, outside, number, sender, said.append)
    circle.close_circle(outside, agent, supervisor, number, sender, said.append)

    mails = outside.mailbox.mails_to(sender)
    assert any("请保留原包装,缺少原包装" in story.text_of(mail) for mail in mails), said
    links = circle.survey_links(mails)
    assert len(links) == 2, "one survey for each solution"
    with pytest.raises(HTTPError, match="409"):
        outside.surveys.answer(links[0], score=4)
    ticket = supervisor.ticket(number)
    assert (ticket["status"], ticket["score"]) == ("closed", 5)
    told = [entry["event"]["type"] for entry in supervisor.timeline(number) if entry["event"]]
    assert told.count("ticket.rated") == told.count("ticket.solved") == 2


def test_no_note_reaches_the_customer(outside: Outside) -> None:
    texts = [story.text_of(mail) for mail in outside.mailbox.mails_to("zhangsan@example.com")]
    assert texts
    assert not any("已联系仓库" in text for text in texts)


def test_a_form_with_all_fields_becomes_one_repair_ticket(
    outside: Outside, supervisor: Desk
) -> None:
    number = story.ask_for_repair(outside, "lisi@example.com", lambda _: None)
    ticket = supervisor.ticket(number)
    assert ticket["kind"] == "repair"
    assert ticket["fields"]["所在位置"] == "3 楼 305 会议室"
    assert ticket["urgency"] == "urgent", "the form asks for it in so many words (R32)"
    customer = ticket["customer"]["customer_id"]
    assert [row["number"] for row in supervisor.all_tickets(customer_id=customer)] == [number]


def test_a_stranger_who_names_a_number_gets_a_ticket_of_their_own(
    outside: Outside, supervisor: Desk
) -> None:
    number = story.ask_for_repair(outside, "owner@example.com", lambda _: None)
    mail = story.write_mail("stranger@example.com", f"关于 [{number}]", "这是我的工单吗?")
    outside.mail.deliver(mail)
    own = story.receipt_number(outside, "stranger@example.com", lambda _: None)
    assert own != number
    assert supervisor.ticket(own)["possibly_related_to"]["number"] == number
    assert all("这是我的工单吗" not in (e["text"] or "") for e in supervisor.timeline(number))


def test_two_agents_who_take_the_same_ticket_get_one_winner(
    outside: Outside, system: dict[str, str], agent: Desk
) -> None:
    number = story.ask_for_repair(outside, "race@example.com", lambda _: None)
    agent.take(number)
    other = desk_of(system, "CS002")
    with pytest.raises(Refused) as refused:
        other.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": "me"})
    # The ticket is not the second agent's to see any more.
    assert refused.value.status in (404, 409)


def test_an_assigned_agent_is_told_in_the_app(
    outside: Outside, agent: Desk, supervisor: Desk
) -> None:
    number = story.ask_for_repair(outside, "assign@example.com", lambda _: None)
    order = {"assignee_id": agent.person["person_id"], "note": "客户为VIP客户,需优先处理"}
    supervisor.ask("PUT", f"/tickets/{number}/assignee", order)

    def told() -> bool:
        notices = agent.ask("GET", "/notices?unread=true")["items"]
        return any(notice["ticket_number"] == number for notice in notices)

    eventually(told)
