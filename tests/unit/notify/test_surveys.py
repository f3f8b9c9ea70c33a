"""Surveys: links, what scores mean, how surveys begin, settings."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import InvalidInput
from services.notify.domain.low_ratings import happenings_of_ratings
from services.notify.domain.survey_links import (
    is_code,
    make_code,
    make_token,
    path_of,
    read_token,
)
from services.notify.domain.survey_settings import SurveySettings, changed
from services.notify.domain.surveys import (
    Answer,
    Course,
    Solving,
    SurveyStatus,
    begin,
    is_answerable,
    meaning_of,
    read_answer,
)
from services.notify.domain.ticket_happenings import happening_of
from tests.unit.notify.facts import NOON, solved, ticket_facts

KEY, OTHER = b"k" * 32, b"o" * 32
SURVEY = uuid4()


def test_a_token_says_which_survey_it_is_of():
    token = make_token(SURVEY, KEY)
    assert len(token) == 43
    assert read_token(token, [KEY]) == SURVEY
    assert path_of(token) == f"/s/{token}"


def test_an_older_key_still_verifies():
    assert read_token(make_token(SURVEY, OTHER), [KEY, OTHER]) == SURVEY


def test_a_token_of_no_key_of_ours_is_none():
    assert read_token(make_token(SURVEY, OTHER), [KEY]) is None


@pytest.mark.parametrize("place", range(43))
def test_a_token_with_one_wrong_letter_is_none(place):
    token = make_token(SURVEY, KEY)
    for letter in "Ab3_":
        wrong = token[:place] + letter + token[place + 1 :]
        assert wrong == token or read_token(wrong, [KEY]) is None


@pytest.mark.parametrize("text", ["", "x", "a" * 42, "a" * 44, "ä" * 43, "a" * 42 + "\n", "=" * 43])
def test_what_is_no_token_is_none(text):
    assert read_token(text, [KEY]) is None


def test_a_code_is_short_and_known_to_nobody_without_the_key():
    code = make_code(SURVEY, KEY)
    assert len(code) == 12
    assert is_code(code)
    assert make_code(SURVEY, KEY) == code
    assert code not in (make_code(SURVEY, OTHER), make_code(uuid4(), KEY))
    assert not is_code(make_token(SURVEY, KEY))


@pytest.mark.parametrize(
    ("score", "low", "is_low", "is_satisfied"),
    [
        (1, 2, True, False),
        (2, 2, True, False),
        (3, 2, False, None),
        (4, 2, False, True),
        (5, 2, False, True),
        (2, 1, False, None),
        (3, 3, True, False),
    ],
)
def test_what_a_score_means(score, low, is_low, is_satisfied):
    meaning = meaning_of(score, low)
    assert (meaning.is_low, meaning.is_satisfied) == (is_low, is_satisfied)


def read(**given: Any) -> Answer:
    answer = {"score": 5, "nps": None, "tags": None, "comment": None} | given
    return read_answer(frozenset({"fast", "slow"}), **answer)


def test_an_answer_is_tidied():
    told = read(tags=["fast", "slow", "fast"], comment="  谢谢\0 ", nps=0)
    assert told == Answer(5, 0, ("fast", "slow"), "谢谢")
    assert read(comment=" ") == Answer(5)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("score", score) for score in (0, 6, True, "5", None, 4.5)),
        *(("nps", nps) for nps in (-1, 11, "9", False)),
        *(("tags", tags) for tags in ("fast", ["unknown"], [1], ["fast"] * 11)),
        *(("comment", comment) for comment in (5, "长" * 2_001)),
    ],
)
def test_what_cannot_be_an_answer_is_refused_by_its_field(field, value):
    with pytest.raises(InvalidInput) as refusal:
        read(**{field: value})
    assert field in refusal.value.details["errors"]


def solving(**fields: Any) -> Solving:
    return Solving.of(solved(**fields))


def test_a_survey_waits_for_its_time():
    assert begin(solving(seq=3), Course()) is SurveyStatus.WAITING


def test_a_solving_that_is_heard_after_a_later_one_is_superseded():
    assert begin(solving(seq=3), Course(newest_solved_seq=7)) is SurveyStatus.SUPERSEDED


def test_a_solving_that_is_heard_after_the_reopening_asks_nobody():
    course = Course(seq=4, is_finished=False)
    assert begin(solving(seq=3), course) is SurveyStatus.CANCELLED
    assert begin(solving(seq=5), course) is SurveyStatus.WAITING


def test_a_link_is_good_until_it_expires():
    later = NOON + timedelta(days=1)
    assert is_answerable(SurveyStatus.SENT, later, NOON)
    assert is_answerable(SurveyStatus.WAITING, later, NOON)
    assert not is_answerable(SurveyStatus.SENT, NOON, NOON)
    assert not is_answerable(SurveyStatus.SUPERSEDED, later, NOON)


def test_everybody_is_asked_unless_the_settings_say_otherwise():
    repair = solving(kind="repair", channel="internal")
    assert SurveySettings().asks_about(repair)
    assert not SurveySettings(is_active=False).asks_about(repair)
    assert not SurveySettings(kinds=("complaint",)).asks_about(repair)
    assert not SurveySettings(is_sent_for_internal=False).asks_about(repair)
    assert SurveySettings(is_sent_for_internal=False).asks_about(solving(kind="repair"))
    assert not SurveySettings(is_sent_for_internal=False).asks_about(solving(kind="internal"))


def test_settings_are_changed_in_part():
    tag = {"key": "late", "zh": "太晚", "en": "Late", "for": "low"}
    now = changed(SurveySettings(), {"low_score": 1, "kinds": ["repair"], "tags": [tag]})
    assert (now.low_score, now.kinds, now.tag_keys) == (1, ("repair",), {"late"})
    assert now.valid_days == 14
    assert changed(now, {"kinds": None}).kinds is None
    assert now.as_json()["tags"] == [tag]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("is_active", "yes"),
        ("low_score", 4),
        ("low_score", True),
        ("valid_days", 0),
        ("delay_seconds", -1),
        ("kinds", ["holiday"]),
        ("kinds", "repair"),
        ("tags", [{"key": "x"}]),
        ("tags", [{"key": "X!", "zh": "a", "en": "a", "for": "low"}]),
        ("tags", [{"key": "x", "zh": "", "en": "a", "for": "low"}]),
        ("tags", [{"key": "x", "zh": "a", "en": "a", "for": "never"}]),
        ("tags", [{"key": "x", "zh": "a", "en": "a", "for": "low"}] * 2),
        ("texts", {"zh": {}}),
        ("texts", {"zh": {"title": "x"}, "en": {"title": "x"}}),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_a_setting_is_refused_by_its_name(field, value):
    with pytest.raises(InvalidInput) as refusal:
        changed(SurveySettings(), {field: value})
    assert any(name.startswith(field) for name in refusal.value.details["errors"])


def rated(**fields: Any) -> dict[str, Any]:
    own = {"rated_score": 1, "is_satisfied": False, "comment": "没修好", "source": "survey"}
    return ticket_facts(**own | fields)


def test_a_judgement_that_is_not_good_is_told():
    [told] = happenings_of_ratings([rated()])
    assert told.occasion == "rated_low"
    assert told.extra == {"score": 1, "comment": "没修好"}
    assert told.audiences == ("staff",)


@pytest.mark.parametrize("is_satisfied", [True, None])
def test_other_judgements_are_not_told(is_satisfied):
    assert happenings_of_ratings([rated(is_satisfied=is_satisfied)]) == []


def test_staff_are_not_told_of_a_low_score_twice():
    reopened = {"cause": "low_score", "reason": None}
    told = happening_of("ticket.reopened", ticket_facts(**reopened))
    assert told is not None
    assert told.audiences == ("customer",)
