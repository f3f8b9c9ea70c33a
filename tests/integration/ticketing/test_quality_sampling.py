"""质检: sheets and rules, and what is drawn: once, of what fits, and by whom it is reviewed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from libs.common.bus.handling import Handler, Handling
from libs.common.config import Config
from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from services.ticketing.domain.quality_check.sampling import is_in_share
from services.ticketing.service.events import Service
from tests.integration.ticketing.checking import (
    WHOLE,
    drawn,
    ended,
    known,
    published,
    reviews_of,
    rule,
    sample,
    sheet_values,
    solved,
)
from tests.integration.ticketing.desk import Ask, Desk, agent, created, supervisor
from tests.integration.ticketing.hearing import body, team
from tests.integration.ticketing.ruling import events_of, fresh_tag, tagged


def test_a_sheet_is_edited_published_and_archived(ask: Ask):
    sheet = ask("create_score_sheet", values=sheet_values())
    assert (sheet["state"], sheet["number"], sheet["version"]) == ("draft", 0, 1)
    given = {"sheet_id": sheet["sheet_id"]}
    active = ask("publish_score_sheet", **given, version=1)
    assert (active["state"], active["number"]) == ("active", 1)
    with pytest.raises(Conflict, match="already"):
        ask("publish_score_sheet", **given, version=2)
    with pytest.raises(Stale):
        ask("replace_score_sheet", **given, version=1, values=sheet_values(pass_mark=60))
    edited = ask("replace_score_sheet", **given, version=2, values=sheet_values(pass_mark=60))
    assert (edited["pass_mark"], edited["number"]) == (60, 1)
    assert ask("publish_score_sheet", **given, version=3)["number"] == 2
    assert ask("archive_score_sheet", **given, version=4)["state"] == "archived"
    with pytest.raises(Conflict):
        ask("replace_score_sheet", **given, version=5, values=sheet_values())
    assert sheet["sheet_id"] in {one["sheet_id"] for one in ask("list_score_sheets")["items"]}
    restored = ask("restore_score_sheet", **given, version=5)
    assert (restored["state"], restored["number"], restored["version"]) == ("active", 2, 6)
    with pytest.raises(Conflict, match="not archived"):
        ask("restore_score_sheet", **given, version=6)
    draft = ask("create_score_sheet", values=sheet_values())
    ask("archive_score_sheet", sheet_id=draft["sheet_id"], version=1)
    back = ask("restore_score_sheet", sheet_id=draft["sheet_id"], version=2)
    assert back["state"] == "draft", "nobody has been judged by it"


def test_what_ends_by_merging_is_not_sampled(ask: Ask, desk: Desk):
    tag, reviewer = fresh_tag(), known(desk, agent("质检员"))
    rule(ask, reviewer, published(ask), tag, event="closed")
    li = known(desk, agent("李雷"))
    customer = str(uuid4())
    source, target = (created(ask, customer_id=customer, tags=[tag]) for _ in range(2))
    given = {"assignee_id": str(li.subject), "assignee_name": li.name}
    ask("assign_ticket", number=source["number"], **given)
    ask("merge_tickets", number=target["number"], numbers=[source["number"]])
    assert ask("get_ticket", number=source["number"])["status"] == "closed"
    sample(desk, *events_of(desk, source))
    assert reviews_of(ask, source) == []


def test_a_review_keeps_the_version_it_was_made_with(ask: Ask):
    review, _ = drawn(ask)
    given = {"sheet_id": review["sheet"]["sheet_id"]}
    ask("replace_score_sheet", **given, version=2, values=sheet_values(pass_mark=90))
    ask("publish_score_sheet", **given, version=3)
    after = ask("get_quality_review", review_id=review["review_id"])
    assert (after["sheet"]["number"], after["form"]["pass_mark"]) == (1, 80)


def test_a_rule_names_what_is_there(ask: Ask, desk: Desk):
    boss, sheet_id = known(desk, desk.boss), published(ask)
    made = rule(ask, boss, sheet_id, fresh_tag())
    assert (made["reviewer"]["name"], made["sheet"]["name"]) == (boss.name, "通用评分表")
    assert made["problem"] is None
    with pytest.raises(InvalidInput) as refusal:
        rule(ask, agent("无人"), sheet_id, "x")
    assert "reviewer_id" in refusal.value.details["errors"]
    draft = ask("create_score_sheet", values=sheet_values())
    with pytest.raises(InvalidInput) as refusal:
        rule(ask, boss, draft["sheet_id"], "x")
    assert "sheet_id" in refusal.value.details["errors"]
    version = ask("get_score_sheet", sheet_id=sheet_id)["version"]
    ask("archive_score_sheet", sheet_id=sheet_id, version=version)
    assert ask("get_quality_rule", rule_id=made["rule_id"])["problem"].startswith("sheet_id")
    ask("remove_quality_rule", rule_id=made["rule_id"], version=made["version"])
    with pytest.raises(NotFound):
        ask("get_quality_rule", rule_id=made["rule_id"])


def test_what_is_solved_is_drawn_once_however_often_it_is_told(ask: Ask, desk: Desk):
    boss, tag, li = known(desk, desk.boss), fresh_tag(), agent("李雷")
    made = rule(ask, boss, published(ask), tag)
    ticket, other = solved(ask, li, tag), solved(ask, li)
    for _ in range(2):
        sample(desk, *ended(desk, ticket), *ended(desk, other), *ended(desk, ticket))
    [review] = reviews_of(ask, ticket)
    assert (review["state"], review["source"]) == ("waiting", "rule")
    assert review["rule"] == {"rule_id": made["rule_id"], "name": "抽检"}
    assert review["handler"]["person_id"] == str(li.subject)
    assert review["reviewer"]["name"] == boss.name
    assert reviews_of(ask, other) == []


def test_a_redelivered_end_is_sampled_once(ask: Ask, desk: Desk):
    tag = fresh_tag()
    rule(ask, known(desk, desk.boss), published(ask), tag)
    ticket = solved(ask, agent(), tag)
    [event] = ended(desk, ticket)[-1:]
    service = Service()
    vars(service).update(config=Config.read({}))
    for _ in range(3):
        handled = Handling(desk.database)
        handled.add(event.type, Handler("sample_ended", service.sample_ended))
        handled.apply([body(event)])
    assert len(reviews_of(ask, ticket)) == 1


def test_closing_is_another_event_than_solving(ask: Ask, desk: Desk):
    tag = fresh_tag()
    rule(ask, known(desk, desk.boss), published(ask), tag, event="closed")
    ticket = solved(ask, agent(), tag)
    sample(desk, *ended(desk, ticket))
    assert reviews_of(ask, ticket) == []
    ask("change_status", number=ticket["number"], status="closed", reason="确认无误")
    sample(desk, *ended(desk, ticket))
    assert len(reviews_of(ask, ticket)) == 1


def test_a_share_is_decided_by_ticket_and_rule(ask: Ask, desk: Desk):
    tag, li = fresh_tag(), agent()
    made = rule(ask, known(desk, desk.boss), published(ask), tag, percent=50)
    tickets = [solved(ask, li, tag) for _ in range(8)]
    for ticket in tickets:
        sample(desk, *ended(desk, ticket))
    rule_id = UUID(made["rule_id"])
    for ticket in tickets:
        expected = is_in_share(UUID(ticket["ticket_id"]), rule_id, 50)
        assert bool(reviews_of(ask, ticket)) == expected


def test_so_many_of_each_agent_even_when_all_come_at_once(ask: Ask, desk: Desk):
    tag, li, han = fresh_tag(), agent("李雷"), agent("韩梅梅")
    boss = known(desk, desk.boss)
    rule(ask, boss, published(ask), tag, per_agent=2, period="month")
    tickets = [solved(ask, who, tag) for who in (li, li, li, li, han)]
    events = [ended(desk, ticket) for ticket in tickets]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda heard: sample(desk, *heard), events))
    found = [review for ticket in tickets for review in reviews_of(ask, ticket)]
    handlers = [review["handler"]["person_id"] for review in found]
    assert sorted(handlers) == sorted([str(li.subject)] * 2 + [str(han.subject)])


def test_a_ticket_told_again_does_not_use_up_the_number(ask: Ask, desk: Desk):
    tag, li = fresh_tag(), agent()
    rule(ask, known(desk, desk.boss), published(ask), tag, per_agent=2, period="month")
    first, second = solved(ask, li, tag), solved(ask, li, tag)
    for _ in range(3):
        sample(desk, *ended(desk, first))
    sample(desk, *ended(desk, second))
    assert [len(reviews_of(ask, one)) for one in (first, second)] == [1, 1]


def test_the_handler_never_reviews_himself_and_nobodys_ticket_is_not_drawn(ask: Ask, desk: Desk):
    tag = fresh_tag()
    li = known(desk, agent("李雷"))
    rule(ask, li, published(ask), tag)
    ticket = solved(ask, li, tag)
    sample(desk, *ended(desk, ticket))
    assert reviews_of(ask, ticket) == []
    given = {"sheet_id": published(ask), "reviewer_id": str(li.subject)}
    with pytest.raises(InvalidInput) as refusal:
        ask("draw_review", number=ticket["number"], **given)
    assert "reviewer_id" in refusal.value.details["errors"]
    with pytest.raises(Conflict, match="nobody"):
        ask("draw_review", number=created(ask)["number"], sheet_id=published(ask))


def test_a_groups_review_belongs_to_who_comes_first(ask: Ask, desk: Desk):
    tag, group_id, li = fresh_tag(), team(desk, "质检组"), agent("李雷")
    values = {"reviewer_kind": "group", "reviewer_id": str(group_id)}
    rule(ask, desk.boss, published(ask), tag, **values)
    ticket = solved(ask, li, tag)
    sample(desk, *ended(desk, ticket))
    [review] = reviews_of(ask, ticket)
    assert (review["reviewer"], review["reviewer_group"]["name"]) == (None, "质检组")
    member, stranger = (
        replace(supervisor(name), scopes={"tickets": "own", "watches": watches})
        for name, watches in (("甲", [str(group_id)]), ("乙", []))
    )
    mine = ask("list_reviews_for_me", actor=member)["items"]
    assert [one["review_id"] for one in mine] == [review["review_id"]]
    # Whoever is nobody is not one of a group either, whatever the scope says.
    nobody = replace(member, subject=None)
    narrowed = {"sheet_id": review["sheet"]["sheet_id"]}
    for method in ("list_reviews_for_me", "list_own_results", "list_quality_reviews"):
        assert ask(method, actor=nobody, filters=narrowed)["items"] == [], method
    assert ask("compare_reviewers", actor=nobody, filters=narrowed)["items"] == []
    with pytest.raises(NotFound):
        ask("get_quality_review", actor=nobody, review_id=review["review_id"])
    far = replace(nobody, scopes={"tickets": "all"})
    [reached] = ask("list_quality_reviews", actor=far, filters=narrowed)["items"]
    assert reached["review_id"] == review["review_id"]
    assert ask("list_reviews_for_me", actor=far, filters=narrowed)["items"] == []
    given = {"review_id": review["review_id"], "version": review["version"], "scores": WHOLE}
    with pytest.raises(NotFound):
        ask("score_review", actor=stranger, **given)
    assert ask("score_review", actor=member, **given)["reviewer"]["name"] == "甲"
    timeline = ask("list_review_timeline", actor=member, review_id=review["review_id"])
    assert timeline["items"]


def test_the_same_ticket_is_checked_by_one_sheet_at_a_time(ask: Ask):
    ticket, sheet_id = solved(ask, agent()), published(ask)
    ask("draw_review", number=ticket["number"], sheet_id=sheet_id)
    with pytest.raises(Conflict):
        ask("draw_review", number=ticket["number"], sheet_id=sheet_id)
    ask("draw_review", number=ticket["number"], sheet_id=published(ask))
    assert len(reviews_of(ask, ticket)) == 2


def test_a_sample_is_bounded_and_of_what_fits_and_is_seen(ask: Ask):
    tag, li = fresh_tag(), agent("李雷")
    tickets = {solved(ask, li, tag)["number"] for _ in range(4)}
    created(ask)
    sheet_id = published(ask)
    given = {"condition": tagged(tag), "days": 7, "sheet_id": sheet_id}
    first = ask("draw_sample", **given, count=3)
    assert first["drawn"] == 3
    assert set(first["numbers"]) < tickets
    rest = ask("draw_sample", **given, count=3)
    assert set(first["numbers"]) | set(rest["numbers"]) == tickets
    assert rest["drawn"] == 1
    narrow = replace(supervisor(), scopes={"tickets": "own"})
    assert (
        ask("draw_sample", actor=narrow, **given | {"sheet_id": published(ask)}, count=3)["drawn"]
        == 0
    )
    for wrong in ({"count": 0}, {"count": 101}, {"count": 1, "days": 0}):
        with pytest.raises(InvalidInput) as refusal:
            ask("draw_sample", **given | wrong)
        assert refusal.value.details["errors"].keys() & wrong.keys()


def test_a_repeated_command_draws_once(ask: Ask):
    ticket, sheet_id = solved(ask, agent()), published(ask)
    given = {"number": ticket["number"], "sheet_id": sheet_id}
    key = str(uuid4())
    made = [ask("draw_review", command_id=key, **given) for _ in range(2)]
    assert made[0]["review_id"] == made[1]["review_id"]
    assert len(reviews_of(ask, ticket)) == 1
