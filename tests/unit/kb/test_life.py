"""The life of an article, as random authors and reviewers lead it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.actor import Actor
from libs.common.errors import DeskError, Forbidden
from services.kb.domain.article import STATES, Act, Article
from services.kb.domain.content import read_content

NOW = datetime(2026, 10, 1, tzinfo=UTC)
PEOPLE = [Actor(uuid4(), name) for name in ("李雷", "韩梅梅", "王主管")]
STEPS = ("write", "submit", "approve", "decline", "withdraw", "archive", "expire", "discard")


def article(author: Actor = PEOPLE[0]) -> Article:
    made = Article(uuid4(), author.subject, NOW, NOW)
    made.write(read_content({"title": "退款", "summary": "说明"}), Act(author, NOW), uuid4())
    return made


def take(step: str, one: Article, act: Act) -> None:
    if step == "write":
        words = {"title": f"退款 {one.version}", "summary": "说明"}
        one.write(read_content(words), act, uuid4())
    elif step == "submit":
        one.submit(act, None)
    elif step == "approve":
        one.approve(act, None, needs_other=True)
    elif step == "decline":
        one.decline(act, "不够清楚")
    elif step == "withdraw":
        one.withdraw(act, uuid4())
    elif step == "archive":
        one.archive(act)
    elif step == "expire":
        one.expire(act)
    else:
        one.discard_draft(act)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(PEOPLE)), max_size=40))
def test_whatever_is_done_readers_see_only_what_somebody_else_approved(steps: list) -> None:
    one = article()
    for minute, (step, who) in enumerate(steps, 1):
        version = one.version
        try:
            take(step, one, Act(who, NOW + timedelta(minutes=minute)))
        except DeskError:
            assert one.version == version
            continue
        assert one.version == version + 1
        assert one.state in STATES
        if step == "approve":
            assert one.published is not None
            assert who.subject not in one.published.editors
        if one.state == "published":
            assert one.published is not None
            assert one.published.state == "published"
        if one.draft is not None:
            assert one.draft.state in ("draft", "review")
            assert one.draft.number <= one.last_number
            assert one.draft is not one.published
        if one.state in ("draft", "review"):
            assert one.draft is not None
            assert one.draft.state == one.state
    told = [fact.type for fact in one.told]
    read, taken = told.count("article.published"), told.count("article.withdrawn")
    # A version may be replaced by the next; what is taken away was there.
    assert taken <= read
    assert (one.state == "published") <= (read > 0)


def test_all_who_have_written_on_a_version_count_as_its_authors() -> None:
    one = article()
    for who in PEOPLE[:2]:
        one.write(read_content({"title": "退款", "summary": who.name}), Act(who, NOW), uuid4())
    one.submit(Act(PEOPLE[0], NOW), None)
    for who in PEOPLE[:2]:
        with pytest.raises(Forbidden):
            one.approve(Act(who, NOW), None, needs_other=True)
    one.approve(Act(PEOPLE[2], NOW), None, needs_other=True)


def test_the_next_version_has_authors_of_its_own() -> None:
    one = article()
    one.submit(Act(PEOPLE[0], NOW), None)
    one.approve(Act(PEOPLE[2], NOW), None, needs_other=True)
    one.write(read_content({"title": "退款", "summary": "新"}), Act(PEOPLE[2], NOW), uuid4())
    one.submit(Act(PEOPLE[2], NOW), None)
    one.approve(Act(PEOPLE[0], NOW + timedelta(1)), None, needs_other=True)
    assert one.published is not None
    assert (one.published.number, one.published.editors) == (2, (PEOPLE[2].subject,))
