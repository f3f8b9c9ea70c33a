"""Quality checks for tests: a published sheet, rules, and tickets that somebody has solved."""

from typing import Any
from uuid import uuid4

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from services.ticketing.use_cases.quality_check.drawing import sample_ended
from tests.integration.ticketing.desk import ZONE, Ask, Desk, agent, created
from tests.integration.ticketing.ruling import events_of, tagged
from tests.support.directory import person

Json = dict[str, Any]

GREETING = {"item_id": "greeting", "name": "问候规范", "kind": "yes_no"}
ANSWER = {
    **{"item_id": "answer", "name": "解答准确", "kind": "points", "max": 10, "weight": 3},
    "comment_below": 6,
}
WHOLE = {"greeting": {"points": 1}, "answer": {"points": 8}}  # (1 + 3 × 0.8) / 4 = 85


def sheet_values(**more: Any) -> Json:
    sections = [{"name": "服务", "items": [GREETING, ANSWER]}]
    return {"name": "通用评分表", "pass_mark": 80, "appeal_days": 7, "sections": sections} | more


def published(ask: Ask, **more: Any) -> str:
    """The id of a sheet in use."""
    sheet = ask("create_score_sheet", values=sheet_values(**more))
    ask("publish_score_sheet", sheet_id=sheet["sheet_id"], version=sheet["version"])
    return str(sheet["sheet_id"])


def known(desk: Desk, who: Actor) -> Actor:
    """The same, whom the copy of the organisation has."""
    desk.learn(person(who.subject, name=who.name))
    return who


def solved(ask: Ask, li: Actor, *tags: str) -> Json:
    """A ticket that this agent has solved."""
    ticket = created(ask)
    number = ticket["number"]
    ask("edit_ticket", number=number, version=None, changes={"tags": list(tags)})
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name=li.name)
    ask("accept_ticket", actor=li, number=number)
    ask("solve_ticket", actor=li, number=number, text="已处理")
    return ticket


def rule(ask: Ask, reviewer: Actor, sheet_id: str, tag: str, **more: Any) -> Json:
    """A rule for solved tickets with this tag, all of them unless told otherwise."""
    usual: Json = {"name": "抽检", "event": "solved", "condition": tagged(tag)}
    usual |= {"reviewer_id": str(reviewer.subject), "sheet_id": sheet_id}
    usual |= {} if "per_agent" in more else {"percent": 100}
    made: Json = ask("create_quality_rule", values=usual | more)
    return made


def ended(desk: Desk, ticket: Json) -> list[Event]:
    """What the outbox tells of its end."""
    wanted = ("ticket.solved", "ticket.status_changed")
    return [event for event in events_of(desk, ticket) if event.type in wanted]


def sample(desk: Desk, *events: Event) -> None:
    """One batch, past the inbox: every repeat arrives."""
    with desk.database.begin() as uow:
        sample_ended(uow, events, utc_now(), ZONE)
        uow.commit()


def reviews_of(ask: Ask, ticket: Json) -> list[Json]:
    """The reviews of a ticket, as the supervisor sees them."""
    found: list[Json] = ask("list_quality_reviews", filters={"number": ticket["number"]})["items"]
    return found


def drawn(ask: Ask, reviewer: Actor | None = None, li: Actor | None = None) -> tuple[Json, Actor]:
    """A review of an agent's ticket, and the agent; the supervisor's own unless told otherwise."""
    li = li or agent("李雷")
    ticket = solved(ask, li, f"t{uuid4().hex[:8]}")
    made = ask("draw_review", actor=reviewer, number=ticket["number"], sheet_id=published(ask))
    shown: Json = ask("get_quality_review", actor=reviewer, review_id=made["review_id"])
    return shown, li


def scored(ask: Ask, **more: Any) -> tuple[Json, Actor]:
    """The same with a result."""
    review, li = drawn(ask)
    given = {"review_id": review["review_id"], "version": review["version"], "scores": WHOLE}
    return ask("score_review", **given | more), li
