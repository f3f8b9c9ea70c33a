"""How long codes are tried, what they come to, and what is said with them."""

from datetime import datetime, timedelta

import pytest

from services.notify.clients.templates import CodeWording, Templates
from services.notify.domain.codes import (
    MAX_ATTEMPTS,
    Channel,
    CodeStatus,
    Purpose,
    end_without_attempt,
    minutes_of,
    next_attempt,
)
from tests.unit.notify.facts import NOON

TEMPLATES = Templates()
EXPIRES = NOON + timedelta(minutes=5)
WAITING, SENDING = CodeStatus.WAITING, CodeStatus.SENDING


def end(
    channel: Channel, status: CodeStatus, attempts: int = 0, now: datetime = NOON
) -> CodeStatus | None:
    return end_without_attempt(channel, status, attempts, EXPIRES, now)


def word(purpose: Purpose = Purpose.LOGIN, language: str = "zh", minutes: int = 5) -> CodeWording:
    return TEMPLATES.render_code(purpose, language, "864209", minutes, "Tidedesk 客服")


@pytest.mark.parametrize("channel", Channel)
def test_a_waiting_code_is_handed_over_until_it_expires(channel: Channel) -> None:
    assert end(channel, WAITING, now=EXPIRES - timedelta(seconds=1)) is None
    assert end(channel, WAITING, now=EXPIRES) is CodeStatus.EXPIRED


def test_after_a_lost_lease_a_mail_may_go_again_and_an_sms_may_not() -> None:
    assert end(Channel.MAIL, SENDING, attempts=1) is None
    assert end(Channel.SMS, SENDING, attempts=1) is CodeStatus.UNKNOWN
    assert end(Channel.SMS, SENDING, attempts=1, now=EXPIRES) is CodeStatus.UNKNOWN


def test_a_mail_that_takes_its_process_along_every_time_is_given_up() -> None:
    assert end(Channel.MAIL, SENDING, attempts=MAX_ATTEMPTS - 1) is None
    assert end(Channel.MAIL, SENDING, attempts=MAX_ATTEMPTS) is CodeStatus.FAILED


def test_pauses_grow_from_a_second_and_end_after_the_fourth_attempt() -> None:
    pauses = [next_attempt(attempts, EXPIRES, NOON) for attempts in (1, 2, 3, 4)]
    assert pauses == [*(NOON + timedelta(seconds=one) for one in (1, 4, 16)), None]


def test_no_attempt_is_planned_for_when_the_code_is_worthless() -> None:
    assert next_attempt(1, EXPIRES, EXPIRES - timedelta(seconds=1)) is None
    assert next_attempt(1, EXPIRES, EXPIRES - timedelta(seconds=2)) is not None


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 1), (119, 1), (300, 5), (86_400, 1440)])
def test_a_text_never_promises_more_minutes_than_there_are(seconds: int, minutes: int) -> None:
    assert minutes_of(timedelta(seconds=seconds)) == minutes


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_is_worded_in_both_languages_and_all_forms(
    purpose: Purpose, language: str
) -> None:
    wording = word(purpose, language)
    for form in (wording.text, wording.html, wording.sms):
        assert "864209" in form
        assert "5 minutes" in form or "5 分钟" in form
        assert "Tidedesk 客服" in form
    assert "864209" not in wording.subject


def test_the_subject_says_what_the_code_is_for() -> None:
    assert word(Purpose.PHONE).subject == "绑定手机号验证码"
    assert word(Purpose.PORTAL, "en").subject == "Your code to see your tickets"


def test_one_minute_is_one_minute() -> None:
    assert "valid for 1 minute." in word(language="en", minutes=1).sms
    assert "for 1 minute and" in word(language="en", minutes=1).text


@pytest.mark.parametrize("purpose", Purpose)
def test_a_chinese_text_fits_into_one_sms(purpose: Purpose) -> None:
    """70 characters of UCS-2 (3GPP TS 23.038)."""
    assert len(word(purpose).sms) <= 70
