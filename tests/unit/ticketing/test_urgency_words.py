"""Scales of urgency, and what a text hints at."""

import pytest

from libs.common.errors import Conflict, InvalidInput
from services.ticketing.domain.urgency_words import SHIPPED, Proposal, UrgencyWords, heard
from tests.unit.ticketing.making import LI, accepted_ticket, by

HINTS = SHIPPED.hints


@pytest.mark.parametrize(
    ("text", "urgency", "words"),
    [
        ("请马上处理", "urgent", ("马上",)),
        ("机房起火了,紧急!", "critical", ("起火",)),
        ("The Server Down again, ASAP please", "critical", ("server down",)),
        ("this is URGENT", "urgent", ("urgent",)),
    ],
)
def test_words_propose_the_highest_urgency_they_stand_for(text, urgency, words):
    assert heard(text, HINTS) == Proposal(urgency, words)


@pytest.mark.parametrize("text", ["", "什么时候发货", "an insurgent wrote", "urgently2", "urgency"])
def test_other_words_propose_nothing(text):
    assert heard(text, HINTS) is None


def test_a_latin_word_beside_chinese_counts():
    assert heard("系统outage了", HINTS) == Proposal("critical", ("outage",))


def test_the_shipped_words_can_be_kept_and_read_again():
    assert UrgencyWords.read(SHIPPED.as_json()) == SHIPPED
    assert UrgencyWords.read({}) == SHIPPED
    # Customers' words can be switched off; words of people cannot.
    assert UrgencyWords.read({"hints": []}).hints == ()


def test_each_word_names_an_urgency():
    assert SHIPPED.find("p1").urgency == "critical"
    assert SHIPPED.find("complaint_serious").urgency == "urgent"
    with pytest.raises(InvalidInput) as caught:
        SHIPPED.find("p9")
    assert caught.value.code == "urgency_word.unknown"


def word(key="a", **changed):
    return {"key": key, "label_zh": "急", "label_en": "Fast", "urgency": "urgent"} | changed


def scale(key="own", **changed):
    named = {"key": key, "name_zh": "自定", "name_en": "Own", "kinds": [], "words": [word()]}
    return named | changed


@pytest.mark.parametrize(
    ("scales", "path"),
    [
        ([], "scales"),
        ([scale(key="A b")], "scales[0].key"),
        ([scale(name_zh="")], "scales[0].name_zh"),
        ([scale(kinds=["wish"])], "scales[0].kinds"),
        ([scale(words=[])], "scales[0].words"),
        ([scale(words=[word(urgency="high")])], "scales[0].words[0].urgency"),
        ([scale(), scale("other")], "scales"),
        ([scale(kinds=["repair"]), scale("b", kinds=["repair"], words=[word("b")])], "scales"),
    ],
)
def test_what_is_wrong_with_scales_is_named(scales, path):
    with pytest.raises(InvalidInput) as caught:
        SHIPPED.changed({"scales": scales})
    assert list(caught.value.details["errors"]) == [path]


def test_a_hint_at_nothing_urgent_is_refused():
    with pytest.raises(InvalidInput) as caught:
        SHIPPED.changed({"hints": [{"word": "慢", "urgency": "normal"}]})
    assert list(caught.value.details["errors"]) == ["hints[0].urgency"]


def test_a_hint_proposes_and_raises_nothing():
    ticket = accepted_ticket()
    heard_by = by(LI)
    ticket.hear_hint(Proposal("urgent", ("马上",)), heard_by)
    assert ticket.urgency == "normal"
    assert ticket.urgency_proposal == {
        "urgency": "urgent",
        "words": ["马上"],
        "at": heard_by.now.isoformat(),
    }


def test_a_proposal_gives_way_to_a_higher_one_alone():
    ticket = accepted_ticket()
    ticket.hear_hint(Proposal("critical", ("起火",)), by(LI))
    ticket.hear_hint(Proposal("urgent", ("马上",)), by(LI))
    assert ticket.urgency_proposal["urgency"] == "critical"
    high = accepted_ticket()
    high.edit({"urgency": "critical"}, "停机", by(LI))
    high.hear_hint(Proposal("urgent", ("马上",)), by(LI))
    assert high.urgency_proposal is None


def test_who_accepts_a_hint_raises_the_urgency_with_the_words_as_reason():
    ticket = accepted_ticket()
    ticket.hear_hint(Proposal("critical", ("起火", "冒烟")), by(LI))
    before = len(ticket.entries)
    ticket.accept_hint(by(LI))
    assert (ticket.urgency, ticket.urgency_proposal) == ("critical", None)
    assert ticket.urgency_reason == "文字提示：起火、冒烟"
    assert len(ticket.entries) == before + 1
    assert ticket.facts[-1].header["urgency_reason"] == "文字提示：起火、冒烟"
    with pytest.raises(Conflict) as caught:
        ticket.ignore_hint(by(LI))
    assert caught.value.code == "hint.none"


def test_an_ignored_hint_leaves_one_entry_and_the_urgency():
    ticket = accepted_ticket()
    ticket.hear_hint(Proposal("urgent", ("马上",)), by(LI))
    before = len(ticket.entries)
    ticket.ignore_hint(by(LI))
    assert (ticket.urgency, ticket.urgency_proposal) == ("normal", None)
    assert [one.event["type"] for one in ticket.entries[before:]] == ["ticket.hint_ignored"]


def test_whoever_raises_it_settles_what_was_proposed():
    ticket = accepted_ticket()
    ticket.hear_hint(Proposal("urgent", ("马上",)), by(LI))
    ticket.edit({"urgency": "urgent", "urgency_word": "p2"}, "VIP 客户", by(LI))
    assert (ticket.urgency_proposal, ticket.urgency_reason) == (None, "VIP 客户")
    assert ticket.urgency_word == "p2"
    ticket.edit({"urgency": "normal"}, None, by(LI))
    assert (ticket.urgency_word, ticket.urgency_reason) == (None, None)
