"""How much words tell, what use is worth, and what has changed between two texts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.common.text import Term, segmenter_of
from services.kb.domain.diffing import compare_texts
from services.kb.domain.ranking import MAX_BOOST, boost_of, weigh

NOW = datetime(2026, 10, 1, tzinfo=UTC)
WORDS = segmenter_of(())


def boost(**facts: int) -> float:
    age = facts.pop("age", 30)
    usual = {"uses": 0, "views": 0, "helpful": 0, "unhelpful": 0, **facts}
    return boost_of(**usual, changed_at=NOW - timedelta(days=age), now=NOW)


def test_rare_words_tell_more_and_the_most_telling_are_kept() -> None:
    terms = [Term("客服"), Term("退款"), Term("冷凝器")]
    found = weigh(terms, {"客服": 900, "退款": 100, "冷凝器": 2}, 1000, 2)
    assert [one.term.word for one in found] == ["退款", "冷凝器"]
    assert found[0].weight < found[1].weight


def test_a_word_that_no_article_is_known_to_have_still_counts_unless_told_otherwise() -> None:
    [new] = weigh([Term("花呗")], {}, 1000, 5)
    [known] = weigh([Term("冷凝器")], {"冷凝器": 1}, 1000, 5)
    assert new.weight == known.weight
    assert not new.is_known
    assert weigh([Term("花呗")], {}, 1000, 5, unknown=0.1)[0].weight < known.weight


def test_use_and_praise_lift_an_article_a_little() -> None:
    assert boost(uses=50) > boost(uses=1) > boost()
    assert boost(views=1000) > boost(views=10)
    assert boost(helpful=20) > boost(helpful=1) > boost(unhelpful=1) > boost(unhelpful=20)
    assert boost(age=1) > boost(age=900)


@given(*(st.integers(min_value=0, max_value=10**9) for _ in range(5)))
def test_no_use_lifts_an_article_over_what_fits_better(
    uses: int, views: int, helpful: int, unhelpful: int, age: int
) -> None:
    facts = {"uses": uses, "views": views, "helpful": helpful, "unhelpful": unhelpful}
    assert 0 <= boost(**facts, age=age % 10_000) <= MAX_BOOST


TEXTS = st.text(alphabet=st.sampled_from("退款三个工作日内到账,。 ab\n"), max_size=80)


@given(TEXTS, TEXTS)
def test_a_difference_leads_from_the_one_text_to_the_other(old: str, new: str) -> None:
    segments = compare_texts(old, new, WORDS)
    assert "".join(one.text for one in segments if one.op != "insert") == old
    assert "".join(one.text for one in segments if one.op != "delete") == new
    assert all(one.text for one in segments)


def test_a_difference_of_books_is_told_by_the_line() -> None:
    old = "".join(f"第 {n} 行退款说明\n" for n in range(5_000))
    segments = compare_texts(old, old.replace("说明", "规则"), WORDS)
    assert [one.op for one in segments] == ["delete", "insert"]
