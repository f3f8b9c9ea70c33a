"""质检: sheets that can judge, totals, sampling that is no luck, and a review's way."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.ticketing.domain.quality_check.review import Review, Reviewer
from services.ticketing.domain.quality_check.sampling import (
    event_of,
    is_in_share,
    period_start,
    read_rule,
)
from services.ticketing.domain.quality_check.scoring import read_marks
from services.ticketing.domain.quality_check.sheets import Sheet, read_sheet, sheet_of
from tests.unit.ticketing.making import BOSS, HAN, LI, NOON, by

SHANGHAI = ZoneInfo("Asia/Shanghai")
ITEM = {"name": "问候", "kind": "yes_no"}


def values(*items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    sections = [{"name": "服务", "items": list(items or [ITEM])}]
    return {"name": "评分表", "pass_mark": 80, "sections": sections} | more


def sheet(*items: Mapping[str, Any], **more: Any) -> Sheet:
    given = [{**one, "item_id": chr(ord("a") + place)} for place, one in enumerate(items)]
    return sheet_of(read_sheet(values(*given, **more), uuid4)["content"])


def refused(**given: Any) -> dict[str, Any]:
    with pytest.raises(InvalidInput) as refusal:
        read_sheet(given, uuid4)
    found: dict[str, Any] = refusal.value.details["errors"]
    return found


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (values() | {"sections": []}, "sections"),
        (values() | {"sections": [{"name": "空", "items": []}]}, "sections[0].items"),
        (values({**ITEM, "weight": 0}), "sections[0].items[0].weight"),
        (values({**ITEM, "weight": -1}), "sections[0].items[0].weight"),
        (values({"name": "x", "kind": "points", "max": 0}), "sections[0].items[0].max"),
        (values({"name": "x", "kind": "points"}), "sections[0].items[0].max"),
        (values({"name": "", "kind": "yes_no"}), "sections[0].items[0].name"),
        (values({**ITEM, "kind": "stars"}), "sections[0].items[0].kind"),
        (values({**ITEM, "comment_below": 2}), "sections[0].items[0].comment_below"),
        (values(pass_mark=101), "pass_mark"),
        (values(appeal_days=0), "appeal_days"),
        (values(color="red"), "color"),
    ],
)
def test_a_sheet_that_cannot_judge_names_the_place(given: dict[str, Any], path: str) -> None:
    assert path in refused(**given)


def test_items_keep_their_ids_and_get_one_where_they_have_none_or_the_same() -> None:
    read = read_sheet(values({**ITEM, "item_id": "a"}, {**ITEM, "item_id": "a"}, ITEM), uuid4)
    ids = [one["item_id"] for one in read["content"]["sections"][0]["items"]]
    assert ids[0] == "a"
    assert len(set(ids)) == 3


def test_the_total_is_the_weighted_share_and_half_is_rounded_up() -> None:
    judged = sheet(
        {"name": "方案", "kind": "points", "max": 10, "weight": 3},
        {"name": "问候", "kind": "yes_no", "weight": 1},
    )
    marks = read_marks(judged, {"a": {"points": 7}, "b": {"points": 1}})
    assert (marks.total, marks.is_passed) == (78, False)  # (3 × 0.7 + 1) / 4 = 77.5 %
    assert read_marks(judged, {"a": {"points": 8}, "b": {"points": 1}}).is_passed


def test_a_fatal_item_without_points_takes_everything() -> None:
    judged = sheet(
        {"name": "泄露隐私", "kind": "yes_no", "is_fatal": True},
        {"name": "方案", "kind": "points", "max": 10, "weight": 9},
        pass_mark=0,
    )
    marks = read_marks(judged, {"a": {"points": 0}, "b": {"points": 10}})
    assert (marks.total, marks.is_passed, marks.is_fatal) == (0, False, True)


@pytest.mark.parametrize(
    ("scores", "path"),
    [
        ({}, "scores.a.points"),
        ({"a": {"points": 11}}, "scores.a.points"),
        ({"a": {"points": -1}}, "scores.a.points"),
        ({"a": {"points": True}}, "scores.a.points"),
        ({"a": {"points": 5}}, "scores.a.comment"),
        ({"a": {"points": 5, "comment": " "}}, "scores.a.comment"),
        ({"a": {"points": 9}, "z": {"points": 1}}, "scores.z"),
    ],
)
def test_marks_that_lack_something_name_the_item(scores: dict[str, Any], path: str) -> None:
    judged = sheet({"name": "方案", "kind": "points", "max": 10, "comment_below": 6})
    with pytest.raises(InvalidInput) as refusal:
        read_marks(judged, scores)
    assert path in refusal.value.details["errors"]


def test_a_share_is_a_share_and_always_the_same() -> None:
    rule = uuid4()
    tickets = [UUID(int=number) for number in range(4000)]
    drawn = [one for one in tickets if is_in_share(one, rule, 10)]
    assert 300 < len(drawn) < 500
    assert drawn == [one for one in tickets if is_in_share(one, rule, 10)]
    assert set(drawn) < {one for one in tickets if is_in_share(one, rule, 30)}
    assert all(is_in_share(one, rule, 100) for one in tickets)


@pytest.mark.parametrize(
    ("period", "start"), [("day", "2026-11-04"), ("week", "2026-11-02"), ("month", "2026-11-01")]
)
def test_periods_begin_by_the_business_calendar(period: str, start: str) -> None:
    at = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)  # one in the night of Wednesday in Shanghai
    assert period_start(period, at, SHANGHAI).isoformat() == start


def test_only_solving_and_closing_are_ends() -> None:
    assert event_of("ticket.solved", {}) == "solved"
    assert event_of("ticket.status_changed", {"to_status": "closed"}) == "closed"
    assert event_of("ticket.status_changed", {"to_status": "waiting_customer"}) is None


RULE = {
    **{"name": "投诉全检", "event": "solved", "percent": 100},
    **{"reviewer_id": str(uuid4()), "sheet_id": str(uuid4())},
}


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"percent": None}, "percent"),
        ({"per_agent": 3, "period": "day"}, "percent"),
        ({"percent": 0}, "percent"),
        ({"percent": 101}, "percent"),
        ({"percent": None, "per_agent": 3}, "period"),
        ({"percent": None, "per_agent": 0, "period": "day"}, "per_agent"),
        ({"period": "day"}, "period"),
        ({"event": "created"}, "event"),
        ({"reviewer_id": None}, "reviewer_id"),
        ({"sheet_id": "x"}, "sheet_id"),
        ({"condition": {"field": "tier", "op": "is", "value": "vip"}}, "condition.field"),
    ],
)
def test_a_rule_that_cannot_work_names_the_field(more: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_rule(RULE | more, None)
    assert path in refusal.value.details["errors"]


POINTS = sheet({"name": "方案", "kind": "points", "max": 10})


def drawn(**more: Any) -> Review:
    """A review of 李雷's work, for 王主管."""
    review = Review(
        review_id=uuid4(),
        ticket_id=uuid4(),
        source="manual",
        rule_id=None,
        sheet_id=uuid4(),
        sheet_number=1,
        handler_id=LI.subject,  # type: ignore[arg-type]
        handler_name="李雷",
        group_id=None,
        group_name=None,
        department_id=None,
        region_id=None,
        customer_id=uuid4(),
        reviewer_id=None,
        reviewer_name=None,
        reviewer_group_id=None,
        reviewer_group_name=None,
        drawn_at=NOON,
        updated_at=NOON,
        **more,
    )
    assert BOSS.subject is not None
    review.assign(Reviewer(person=(BOSS.subject, BOSS.name)))
    return review


def scored(points: int = 6) -> Review:
    review = drawn()
    review.score(POINTS, {"a": {"points": points}}, "还可以", [], (), by(BOSS))
    return review


def test_nobody_reviews_his_own_work() -> None:
    review = drawn()
    assert LI.subject is not None
    with pytest.raises(InvalidInput):
        review.assign(Reviewer(person=(LI.subject, LI.name)))
    review.assign(Reviewer(group=(group := uuid4(), "质检组")))
    assert not review.is_for(LI, [group])
    assert review.is_for(HAN, [group])
    with pytest.raises(Forbidden):
        review.score(POINTS, {"a": {"points": 6}}, None, [], [group], by(LI))


def test_the_handler_sees_nothing_before_there_is_a_result() -> None:
    assert not drawn().is_seen_by(LI, (), is_in_scope=True)
    assert scored().is_seen_by(LI, (), is_in_scope=False)
    assert not scored().is_seen_by(HAN, (), is_in_scope=True)  # no agent reads others' results


def test_each_step_has_who_when_and_why() -> None:
    review = scored()
    review.appeal("客户已改口", by(LI))
    review.decide(POINTS, {"a": {"points": 9}}, "认可", by(HAN))
    review.confirm(by(LI))
    assert [(one["kind"], one["actor"]["name"], one["total"]) for one in review.steps] == [
        ("scored", "王主管", 60),
        ("appealed", "李雷", 60),
        ("changed", "韩梅梅", 90),
        ("confirmed", "李雷", 90),
    ]
    assert review.words["reasons"] == [None, "客户已改口", "认可", None]
    assert (review.first_total, review.total, review.state) == (60, 90, "confirmed")
    assert [one.type for one in review.told] == [
        *("quality.review_scored", "quality.review_appealed"),
        *("quality.appeal_decided", "quality.review_confirmed"),
    ]


def test_an_appeal_is_for_the_handler_once_in_words_and_in_time() -> None:
    with pytest.raises(Forbidden):
        scored().appeal("不服", by(HAN))
    with pytest.raises(InvalidInput):
        scored().appeal(" ", by(LI))
    review = scored()
    assert review.due_at is not None
    with pytest.raises(Conflict, match="over"):
        review.appeal("不服", by(LI, review.due_at))
    review.appeal("不服", by(LI, review.due_at - timedelta(seconds=1)))
    review.decide(POINTS, None, "维持", by(HAN))
    assert (review.state, review.total) == ("upheld", 60)
    with pytest.raises(Conflict, match="already"):
        review.appeal("还是不服", by(LI))


def test_neither_reviewer_nor_handler_decides_an_appeal() -> None:
    review = scored()
    review.appeal("不服", by(LI))
    for actor in (BOSS, LI):
        with pytest.raises(Forbidden):
            review.decide(POINTS, None, "维持", by(actor))


def test_time_confirms_what_nobody_disputes() -> None:
    review = scored()
    assert review.due_at is not None
    assert not review.confirm_by_time(by(BOSS, review.due_at - timedelta(seconds=1)))
    appealed = scored()
    appealed.appeal("不服", by(LI))
    assert not appealed.confirm_by_time(by(BOSS, NOON + timedelta(days=400)))
    assert review.confirm_by_time(by(BOSS, review.due_at))
    assert review.state == "confirmed"
    with pytest.raises(Conflict):
        review.confirm(by(LI))


def test_what_is_allowed_is_what_would_not_be_refused() -> None:
    review = drawn()
    assert review.allowed(BOSS, (), NOON) == ["score", "reassign"]
    assert review.allowed(LI, (), NOON) == []
    review = scored()
    assert review.allowed(LI, (), NOON) == ["appeal", "confirm"]
    assert review.allowed(BOSS, (), NOON) == []
    review.appeal("不服", by(LI))
    assert review.allowed(BOSS, (), NOON) == []
