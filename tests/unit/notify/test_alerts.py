"""What people are told of an alert about access."""

from typing import Any
from uuid import uuid4

import pytest

from services.notify.domain.notices import NoticeOrder
from services.notify.domain.other_happenings import happening_of_alert
from tests.unit.notify.facts import alert_facts
from tests.unit.notify.telling import notices

LI, WANG = uuid4(), uuid4()


def told(**fields: Any) -> list[NoticeOrder]:
    return notices(happening_of_alert(alert_facts(**fields)))


def test_each_recipient_is_told_once() -> None:
    assert [one.recipient_id for one in told(recipients=[LI, WANG, LI])] == [LI, WANG]
    assert told(recipients=[]) == []


def test_a_notice_is_one_per_alert() -> None:
    alert = alert_facts(recipients=[LI])
    first, second = happening_of_alert(alert), happening_of_alert(alert)
    assert first.occasion_key == second.occasion_key
    assert told(recipients=[LI])[0].occasion_key != told(recipients=[LI])[0].occasion_key


def test_a_notice_has_the_facts_that_the_console_words() -> None:
    (notice,) = told(recipients=[LI], facts={"attempts": 42})
    assert notice.facts == {
        "kind": "brute_force",
        "severity": "critical",
        "person_name": "李雷",
        "address": "203.0.113.7",
    }
    assert (notice.ticket_id, notice.ticket_number) == (None, None)
    assert notice.text == "账号：李雷，来源地址：203.0.113.7"


@pytest.mark.parametrize(
    "kind",
    ["brute_force", "new_place", "mass_reveal", "mass_export", "rights_raised", "token_reused"],
)
def test_every_kind_has_a_title_of_its_own(kind: str) -> None:
    assert told(recipients=[LI], kind=kind)[0].title != "安全告警"


def test_a_kind_that_is_not_known_yet_is_told_all_the_same() -> None:
    (notice,) = told(recipients=[LI], kind="later", person_name=None, address=None)
    assert (notice.title, notice.text) == ("安全告警", "")
