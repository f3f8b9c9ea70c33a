"""The product's main job, told through the door, SMTP and REST only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from libs.common.testing.eventually import eventually
from tests.demo.customer import (
    Form,
    Mailbox,
    MailServer,
    Surveys,
    answer_to,
    text_of,
    write_mail,
)
from tests.demo.desk import Desk, Refused
from tests.demo.samples import (
    ANSWER_TEXT,
    COMPLAINT_SUBJECT,
    COMPLAINT_TEXT,
    FIRST_SOLUTION,
    photo,
    repair_form,
)

Say = Callable[[str], None]


@dataclass
class Outside:
    """Where customers meet the company."""

    form: Form
    mail: MailServer
    mailbox: Mailbox
    surveys: Surveys


def complain_by_mail(outside: Outside, sender: str, say: Say) -> None:
    """A Chinese complaint with a photo, in the encoding of an old mail program, delivered twice."""
    mail = write_mail(sender, COMPLAINT_SUBJECT, COMPLAINT_TEXT, name="张三", charset="gb18030")
    mail.add_attachment(photo(), maintype="image", subtype="png", filename="破损照片.png")
    outside.mail.deliver(mail)
    say(f"{sender} writes a complaint with a photo (GB18030)")
    outside.mail.deliver(mail)
    say("  the mail server delivers the same mail again")


def receipt_number(outside: Outside, address: str, say: Say) -> str:
    """The number in the mail that confirms the complaint."""
    mails = eventually(lambda: outside.mailbox.mails_to(address), 30)
    subject = str(mails[0]["Subject"])
    say(f"  a mail answers: {subject}")
    for promise in [line for line in text_of(mails[0]).splitlines() if "首次答复" in line]:
        say(f"    {promise}")
    return subject.partition("[")[2].partition("]")[0]


def ask_for_repair(outside: Outside, email: str, say: Say) -> str:
    """A repair request by the web form with all fields, submitted twice; returns the number."""
    form = repair_form(email)
    first = outside.form.send(form)
    say(f"{email} hands in a repair form: receipt {first['receipt_id']}, number {first['number']}")
    second = outside.form.send(form)
    say(f"  submitted again: receipt {second['receipt_id']}, number {second['number']}")
    if second["receipt_id"] != first["receipt_id"]:
        raise AssertionError("a repeated form must get the same receipt")
    return eventually(lambda: outside.form.receipt(first)["number"], 30)


def get_by_rule(desks: list[Desk], number: str, say: Say, patience: float = 15) -> Desk | None:
    """Whoever of them dispatch gives it to, and why; None where nobody has room in time."""
    mine = {desk.person["person_id"]: desk for desk in desks}

    def owner() -> Desk | None:
        assignee = desks[0].ask("GET", f"/tickets/{number}")["assignee"]
        return mine[assignee["person_id"]] if assignee else None

    try:
        desk = eventually(owner, patience, trouble=(Refused, KeyError))
    except (AssertionError, Refused, KeyError):
        return None
    assert desk is not None
    show_decision(desk, number, say)
    show_clocks(desk, number, say)
    return desk


def show_decision(desk: Desk, number: str, say: Say) -> None:
    """Why it is theirs: the rule, those who could have got it, those who could not."""
    newest = eventually(lambda: desk.ask("GET", f"/tickets/{number}/decisions")["items"], 30)[0]
    why = newest["explanation"]
    rule = next((one["name"] for one in why["rules"] if one["holds"]), "–")
    say(f"{number} is given to {desk.person['name']}: rule {rule}, {why['group_name']}")
    for one in why["candidates"]:
        say(f"    {one['name']}: {one['parts']['load_share']:.0%} of the capacity taken")
    for one in why["skipped"]:
        say(f"    {one['name']}: {one['reason']}")


def show_clocks(desk: Desk, number: str, say: Say) -> None:
    """What is due when."""

    def running() -> list[dict[str, Any]]:
        clocks = desk.ask("GET", f"/tickets/{number}/clocks")["items"]
        found = [clock for clock in clocks if clock["state"] == "running"]
        # The one of the assignment comes with its event.
        return found if any(clock["target"] == "accept" for clock in found) else []

    for clock in eventually(running, 30, trouble=(Refused,)):
        hours = clock["target_seconds"] / 3600
        due, policy = clock["due_at"][:16], clock["policy"]["name"]
        say(f"    {clock['target']}: {hours:g} h, due {due} UTC by {policy}")


def accept(desk: Desk, number: str, say: Say) -> None:
    """Confirm what dispatch has given (确认接收)."""
    ticket = desk.ask("POST", f"/tickets/{number}/acceptance")
    say(f"{desk.person['name']} confirms {number}: {ticket['status']}")


def take(desk: Desk, number: str, say: Say) -> None:
    """Take what waits, and confirm it."""
    ticket = desk.take(number)
    say(f"{desk.person['name']} takes {number} and confirms: {ticket['status']}")


def work_on(desk: Desk, number: str, say: Say) -> None:
    """Note, reply with what the knowledge base says and a file."""
    desk.ask("POST", f"/tickets/{number}/notes", {"text": "已联系仓库,可以换货。@仓库 请留一件"})
    say("  writes an internal note")
    known = take_suggestion(desk, number, say)
    attachment = desk.upload("换货说明.txt", "请保留原包装。".encode(), "text/plain")
    reply = {
        "text": f"您好,非常抱歉!我们今天就为您换货,请确认收货地址是否有变。\n\n{known}",
        "attachment_ids": [attachment],
        "status": "awaiting_customer",
    }
    desk.ask("POST", f"/tickets/{number}/replies", reply)
    say("  replies with that and a file, and waits for the customer")


def take_suggestion(desk: Desk, number: str, say: Say) -> str:
    """What the knowledge base knows about such a complaint, taken over into the reply."""
    listed = desk.ask("GET", f"/tickets/{number}/suggestions")["items"]
    say(f"  looks at {len(listed)} suggested articles:")
    for one in listed:
        say(f"    {one['rank']}. {one['title']} ({one['kind']})")
    best = next(one for one in listed if one["audience"] == "public")
    path = f"/tickets/{number}/suggestions/{best['article_id']}/use"
    taken = desk.ask("POST", path, {"rank": best["rank"]})
    say(f"  and takes {best['title']} over")
    return str(taken["answer_text"])


def answer_by_mail(outside: Outside, address: str, number: str, say: Say) -> None:
    """The customer reads the reply and answers it from the mail program."""

    def the_reply() -> Any:
        mails = outside.mailbox.mails_to(address)
        return next((mail for mail in mails if "确认收货地址" in text_of(mail)), None)

    reply = eventually(the_reply, 30)
    say(f"{address} reads: {reply['Subject']} ({reply['Message-ID']})")
    outside.mail.deliver(answer_to(reply, address, ANSWER_TEXT))
    say("  and answers from the mail program")


def see_answer(desk: Desk, number: str, say: Say) -> dict[str, Any]:
    """The answer stands in the same ticket, which is in work again."""

    def answered() -> bool:
        return any("地址没有变" in (entry["text"] or "") for entry in desk.timeline(number))

    eventually(answered, 30)
    ticket = desk.ticket(number)
    say(f"  the answer stands in {number}, which is {ticket['status']}")
    return ticket


def solve(
    desk: Desk,
    outside: Outside,
    number: str,
    address: str,
    say: Say,
    solution: str = FIRST_SOLUTION,
) -> None:
    """The agent solves; the customer is told."""
    ticket = desk.ask("POST", f"/tickets/{number}/solution", {"text": solution})
    say(f"{desk.person['name']} solves {number}: {ticket['status']}")

    def told() -> bool:
        return any(solution in text_of(mail) for mail in outside.mailbox.mails_to(address))

    eventually(told, 30)
    say(f"  {address} gets the solution by mail")


def told_timeline(desk: Desk, number: str, say: Say) -> None:
    """Print what the ticket keeps."""
    for entry in desk.timeline(number):
        event = entry["event"] or {}
        what = event.get("type") or f"{entry['kind']} {entry['direction'] or ''}".strip()
        text = (entry["text"] or "").replace("\n", " ")[:48]
        say(f"    {entry['seq']:>3}  {what:<26} {entry['author']['name'] or '':<8} {text}")
