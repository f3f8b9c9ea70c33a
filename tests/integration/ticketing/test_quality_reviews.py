"""质检: a review from the score to the end, and who sees it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from libs.common.timers import Timer
from services.ticketing.use_cases.quality_check.judging import CONFIRMATION, confirm_by_time
from tests.integration.ticketing.checking import WHOLE, drawn, known, scored
from tests.integration.ticketing.desk import Ask, Desk, supervisor, types


def test_a_review_from_the_score_to_the_confirmation(ask: Ask, desk: Desk):
    review, li = drawn(ask)
    one = {"review_id": review["review_id"]}
    with pytest.raises(NotFound):
        ask("get_quality_review", actor=li, **one)
    entry = ask("list_review_timeline", **one)["items"][-1]["entry_id"]
    with pytest.raises(InvalidInput) as refusal:
        ask("score_review", **one, version=1, scores=WHOLE, entry_ids=[str(uuid4())])
    assert "entry_ids" in refusal.value.details["errors"]
    with pytest.raises(Stale):
        ask("score_review", **one, version=9, scores=WHOLE)
    result = ask("score_review", **one, version=1, scores=WHOLE, comment="不错", entry_ids=[entry])
    assert (result["state"], result["total"], result["is_passed"]) == ("scored", 85, True)
    assert result["scores"]["answer"] == {"points": 8, "comment": None}
    assert (result["comment"], result["entry_ids"]) == ("不错", [entry])
    own = ask("list_own_results", actor=li)["items"]
    assert [row["review_id"] for row in own] == [review["review_id"]]
    seen = ask("get_quality_review", actor=li, **one)
    assert seen["allowed"] == ["appeal", "confirm"]
    appealed = ask("appeal_review", actor=li, **one, version=2, reason="解答是对的")
    assert (appealed["state"], appealed["due_at"]) == ("appealed", None)
    with pytest.raises(Forbidden):
        ask("decide_appeal", **one, version=3, reason="维持")
    better = {**WHOLE, "answer": {"points": 10}}
    changed = ask(
        "decide_appeal", actor=supervisor("赵经理"), **one, version=3, reason="认可", scores=better
    )
    assert (changed["state"], changed["total"], changed["first_total"]) == ("changed", 100, 85)
    final = ask("confirm_review", actor=li, **one, version=4)
    assert (final["state"], final["allowed"]) == ("confirmed", [])
    assert [(step["kind"], step["actor"]["name"], step["reason"]) for step in final["steps"]] == [
        ("drawn", "王主管", None),
        ("scored", "王主管", None),
        ("appealed", "李雷", "解答是对的"),
        ("changed", "赵经理", "认可"),
        ("confirmed", "李雷", None),
    ]
    told = desk.events(review["review_id"])
    assert types(told) == [
        *("quality.review_scored", "quality.review_appealed"),
        *("quality.appeal_decided", "quality.review_confirmed"),
    ]
    assert [one["data"]["total"] for one in told] == [85, 85, 100, 100]
    assert "解答是对的" not in str(told)


def test_the_ticket_itself_stays_as_it_was(ask: Ask, desk: Desk):
    review, _ = drawn(ask)
    number = review["ticket"]["number"]
    before = ask("get_ticket", number=number)
    ask("score_review", review_id=review["review_id"], version=1, scores=WHOLE)
    assert ask("get_ticket", number=number) == before


def test_time_confirms_by_a_timer_that_an_appeal_takes_away(ask: Ask, desk: Desk):
    review, li = scored(ask)
    key = review["review_id"]

    def timers() -> int:
        counted = "SELECT count(*) FROM timers WHERE kind = :kind AND key = :key"
        return int(desk.scalar(counted, kind=CONFIRMATION, key=key))

    def ring(days: int) -> None:
        at = utc_now() + timedelta(days=days)
        with desk.database.begin() as uow:
            confirm_by_time(uow, Timer(CONFIRMATION, key, at, {}), at)
            uow.commit()

    assert timers() == 1
    ring(6)
    assert ask("get_quality_review", review_id=key)["state"] == "scored"
    ring(8)
    final = ask("get_quality_review", review_id=key)
    assert (final["state"], final["steps"][-1]["actor"]["kind"]) == ("confirmed", "system")
    ring(9)
    assert types(desk.events(key)).count("quality.review_confirmed") == 1
    other, li = scored(ask)
    key = other["review_id"]
    ask("appeal_review", actor=li, review_id=key, version=2, reason="不服")
    assert timers() == 0
    ring(8)
    assert ask("get_quality_review", review_id=key)["state"] == "appealed"


def test_somebody_else_may_review_as_long_as_nobody_has(ask: Ask, desk: Desk):
    review, li = drawn(ask)
    zhao = known(desk, supervisor("赵经理"))
    given = {"review_id": review["review_id"], "reviewer_id": str(zhao.subject)}
    to_li = given | {"reviewer_id": str(known(desk, li).subject)}
    with pytest.raises(InvalidInput):
        ask("reassign_review", **to_li, version=1)
    moved = ask("reassign_review", **given, version=1, reason="休假")
    assert moved["reviewer"]["name"] == "赵经理"
    assert moved["steps"][-1]["reason"] == "休假"
    one = {"review_id": review["review_id"], "version": 2, "scores": WHOLE}
    with pytest.raises(Forbidden):
        ask("score_review", **one)
    ask("score_review", actor=zhao, **one)
    with pytest.raises(Conflict):
        ask("reassign_review", **given, version=3)


def outsider(**scopes: Any) -> Any:
    """Everything allowed, and another scope."""
    return replace(supervisor("外人"), scopes=scopes)


def test_whoever_is_outside_the_scope_finds_no_review(ask: Ask):
    review, _ = scored(ask)
    key = review["review_id"]
    calls: dict[str, dict[str, Any]] = {
        **{"get_quality_review": {}, "list_review_timeline": {}},
        "score_review": {"scores": WHOLE},
        "appeal_review": {"reason": "x"},
        "decide_appeal": {"reason": "x"},
        "confirm_review": {},
        "reassign_review": {},
    }
    for scopes in ({"tickets": "own"}, {"tickets": "group", "groups": [str(uuid4())]}, {}):
        who = outsider(**scopes)
        calls["reassign_review"] = {"reviewer_id": None}
        for method, given in calls.items():
            with pytest.raises(NotFound, match="no such review"):
                ask(method, actor=who, review_id=key, **given)
        listed = ask(
            "list_quality_reviews", actor=who, filters={"sheet_id": review["sheet"]["sheet_id"]}
        )
        assert listed["items"] == []
        assert ask("compare_reviewers", actor=who)["items"] == []


def test_lists_are_narrowed_and_read_by_page(ask: Ask):
    made = [scored(ask) for _ in range(3)]
    li = made[0][1]
    first = made[0][0]

    def ids(**filters: Any) -> list[str]:
        return [one["review_id"] for one in ask("list_quality_reviews", filters=filters)["items"]]

    assert ids(handler_id=str(li.subject)) == [first["review_id"]]
    assert ids(handler_id=str(li.subject), state=["waiting"]) == []
    assert ids(handler_id=str(li.subject), least=85, most=85) == [first["review_id"]]
    assert ids(handler_id=str(li.subject), least=86) == []
    assert ids(handler_id=str(li.subject), until=first["drawn_at"]) == []
    assert ids(handler_id=str(li.subject), since=first["drawn_at"]) == [first["review_id"]]
    page = ask("list_quality_reviews", limit=2)
    more = ask("list_quality_reviews", limit=100, cursor=page["next_cursor"])["items"]
    assert len(page["items"]) == 2
    assert not {one["review_id"] for one in page["items"]} & {one["review_id"] for one in more}
    for wrong in ({"color": "red"}, {"state": ["x"]}, {"since": "x"}, {"handler_id": "x"}):
        with pytest.raises(InvalidInput) as refusal:
            ids(**wrong)
        assert refusal.value.details["errors"].keys() == wrong.keys()


def test_reviewers_are_compared_by_what_they_gave_first(ask: Ask):
    review, li = scored(ask)
    sheet = {"sheet_id": review["sheet"]["sheet_id"]}
    one = {"review_id": review["review_id"]}
    ask("appeal_review", actor=li, **one, reason="不服")
    better = {**WHOLE, "answer": {"points": 10}}
    ask("decide_appeal", actor=supervisor("赵经理"), **one, reason="认可", scores=better)
    [figures] = ask("compare_reviewers", filters=sheet)["items"]
    assert figures["reviewer"]["name"] == "王主管"
    assert (figures["average"], figures["reviews"], figures["appealed"]) == (85.0, 1, 1)
    assert (figures["changed"], figures["passed"]) == (1, 1)


def test_a_purged_ticket_takes_its_reviews_along(ask: Ask, desk: Desk):
    review, _ = drawn(ask)
    number = review["ticket"]["number"]
    ask("delete_ticket", number=number, reason="测试")
    ask("purge_ticket", number=number, confirmation=number)
    with desk.database.engine.connect() as connection:
        left = connection.execute(
            text("SELECT count(*) FROM quality_reviews WHERE review_id = :id"),
            {"id": review["review_id"]},
        ).scalar()
    assert left == 0
