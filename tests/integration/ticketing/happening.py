"""What happens to tickets by more than one call: told by other services, or brought by time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import SYSTEM, Actor
from libs.common.timers import Timer
from services.ticketing.use_cases import aging, supervising
from services.ticketing.use_cases.collaborations import find_overdue
from services.ticketing.use_cases.file_messages import file_messages
from services.ticketing.use_cases.follow_rules import follow_clocks
from services.ticketing.use_cases.problem_answers import answer_next
from services.ticketing.use_cases.proposals import answer_dispatch
from services.ticketing.use_cases.satisfaction import rate_tickets
from services.ticketing.use_cases.work_bulks import work_bulks
from tests.integration.ticketing import hearing
from tests.integration.ticketing.desk import BLOB_KEY, message
from tests.integration.ticketing.living import ZONE, World
from tests.support.directory import person

AGING = ("close_solved", "archive_closed", "empty_bin")


def hear_message(world: World, number: str, is_auto_reply: bool, urges: bool) -> None:
    """The ticket's customer writes by mail; an automatic reply to what is purged is dropped."""
    row, says = world.ticket(number), world.words()
    event = message(
        UUID(row["ticket_id"]),
        opens=False,
        customer_id=UUID(row["customer_id"]),
        customer_name="客户",
        text=f"{says}请尽快" if urges else says,
        is_auto_reply=is_auto_reply,
        received_at=world.now,
    )
    is_dropped = is_auto_reply and row["status"] == "purged"
    world.hear(
        "hear_message",
        lambda uow: file_messages(uow, [event], world.now, ZONE),
        "" if is_dropped else says,
    )


def rate_ticket(world: World, number: str, score: int, is_present: bool) -> None:
    """The customer answers a survey about the present solution, or about none that is known."""
    row, says = world.ticket(number), world.words()
    solved_seq = (row["solved_seq"] or 0) if is_present else 0
    event = hearing.answered(row, score, solved_seq=solved_seq, comment=says, answered_at=world.now)
    is_dropped = row["status"] == "purged"
    world.hear(
        "rate_ticket",
        lambda uow: rate_tickets(uow, [event], world.now),
        "" if is_dropped else says,
    )


def propose(world: World, number: str, behind: int, is_withdrawn: bool) -> None:
    """Dispatch has chosen somebody, knowing the ticket as it is or was; and thinks better of it."""
    row, who = world.ticket(number), world.people.han
    proposal = hearing.proposed(
        row,
        person(who.subject, name=who.name),
        epoch=max(row["assignment_epoch"] - behind, 0),
    )
    world.hear("propose", lambda uow: answer_dispatch(uow, [proposal], world.now))
    if is_withdrawn:
        event = hearing.withdrawn(proposal)
        world.hear("withdraw", lambda uow: answer_dispatch(uow, [event], world.now))


def breach(world: World, number: str, status: str) -> None:
    """A promise is broken, and its policy wants something done."""
    wanted = [{"type": "set_status", "status": status}]
    event = hearing.step(world.ticket(number), *wanted)
    world.hear("breach", lambda uow: follow_clocks(uow, [event], world.now))


def remind(world: World, number: str) -> None:
    """The hour of a supervision's reminder has come."""
    if not any(
        kind == supervising.REMINDER for kind, key, _ in world.kept["timers"] if key == number
    ):
        return
    timer = Timer(supervising.REMINDER, number, world.now, {})

    def ring(now: datetime) -> None:
        world.commit(lambda uow: supervising.remind(uow, timer, now))

    world.work("remind", ring)


def pass_the_limit(world: World, one: int) -> None:
    """The time limit of a collaboration is over."""
    key = UUID(world.one_of("collaborations", one))
    late = world.pass_time(hours=2)
    world.hear(
        "collaboration_due", lambda uow: find_overdue(uow, SYSTEM, late, collaboration_id=key)
    )


def grow_old(world: World, job: str) -> None:
    """A job does what time has brought about."""
    jobs = {
        "close_solved": lambda now: aging.close_solved(world.desk.database, now),
        "archive_closed": lambda now: aging.archive_closed(world.desk.database, now),
        "empty_bin": lambda now: aging.empty_bin(world.desk.database, world.blobs, now),
    }
    world.work(job, jobs[job])


def kept_macro(world: World, steps: list[dict[str, Any]]) -> str:
    """A macro of these steps."""
    values = {"name": "退款流程", "actions": steps, "visibility": "shared"}
    made = world.ask("create_macro", world.people.boss, values=values)
    assert made is not None
    return str(made["macro_id"])


def work_bulk(world: World, who: Actor, number: str, order: Mapping[str, Any]) -> None:
    """Somebody orders the same for many, here for one."""
    world.ask("create_bulk", who, numbers=[number], actions=[dict(order)], reason="批量")
    world.work("work_bulk", lambda now: work_bulks(world.desk.database, ZONE, now))


def treat_problem(world: World, who: Actor, number: str, method: str, *, solves: bool) -> None:
    """A cause is found behind a ticket, taken back, or answered for all its tickets."""
    if not world.kept["problems"]:
        problem = {"title": "登录服务", "description": "全天不可用"}
        assert world.ask("create_problem", world.people.boss, problem=problem)
    [problem] = world.kept["problems"].values()
    named = {"number": problem["number"]}
    if method == "link":
        world.ask("link_problem", who, numbers=[number], **named)
    elif method == "unlink":
        world.ask("unlink_problem", who, ticket=number, **named)
    elif world.ask("start_problem_answer", who, text="已修复", solves=solves, **named):
        while world.work("answer_problem", lambda now: answer_next(world.desk.database, now)):
            pass


def help_out(world: World, who: Actor, one: int, method: str) -> None:
    """Somebody does what was asked for, or does not."""
    says, given = world.words(), {"collaboration_id": world.one_of("collaborations", one)}
    if method == "take":
        world.ask("take_collaboration", who, **given)
    else:
        name = "text" if method == "answer" else "reason"
        world.ask(f"{method}_collaboration", who, says=says, **given, **{name: says})


def deal_with_help(world: World, who: Actor, one: int, method: str) -> None:
    """Whoever asked says what they think of it."""
    key, says = world.one_of("collaborations", one), world.words()
    part = world.kept["collaborations"].get(key)
    number = world.kept["tickets"][part["ticket_id"]]["number"] if part else world.number(one)
    given: dict[str, Any] = {"number": number, "collaboration_id": key}
    if method == "again":
        world.ask("ask_collaboration_again", who, says=says, text=says, **given)
    elif method == "cancel":
        world.ask("cancel_collaboration", who, says=says, reason=says, **given)
    elif method == "rate":
        world.ask("rate_collaboration", who, says=says, score=4, words=says, **given)
    else:
        world.ask("accept_collaboration", who, **given)


def send_files(world: World, who: Actor, one: int) -> None:
    """The customer uploads by a link, and sends."""
    if not world.links:
        return
    token, says = list(world.links.values())[one % len(world.links)], world.words()
    file = {
        "blob_key": BLOB_KEY,
        "name": "照片.jpg",
        "media_type": "image/jpeg",
        "size": 10,
        "sha256": "0" * 64,
    }
    staged = world.ask("stage_material", who, token=token, **file)
    if staged:
        given = {"token": token, "attachment_ids": [staged["attachment_id"]]}
        world.ask("send_material", who, says=says, note=says, **given)
