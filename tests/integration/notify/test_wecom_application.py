"""WeCom's application: one token for all, renewed in time, and repeats that do no harm."""

import threading
from dataclasses import replace

import pytest

from libs.common.http import OutboundHttp
from services.notify.clients import wecom
from services.notify.domain.messages import Answer, Verdict
from tests.integration.notify.providers import MESSAGE, sender
from tests.support.vendors.server import Mood, Said
from tests.support.vendors.wecom import WeCom
from tests.support.vendors.wecom import said as wecom_said


def test_an_application_fetches_one_token_and_keeps_it(we: WeCom, http: OutboundHttp) -> None:
    ours, person = sender(we, http), replace(MESSAGE, to="ZhangSan")
    for text in ("一", "二", "三"):
        assert ours.send(replace(person, text=text)).is_sent
    assert len(we.tokens) == 1
    assert len(we.messages) == 3
    assert ours.send(replace(person, text="三")).is_sent
    assert len(we.messages) == 3, "a repetition is dropped by WeCom"


def test_a_token_that_died_early_is_renewed_once(we: WeCom, http: OutboundHttp) -> None:
    ours, person = sender(we, http), replace(MESSAGE, to="ZhangSan")
    assert ours.send(person).is_sent
    we.expire()
    assert ours.send(replace(person, text="新的")).is_sent
    assert len(we.tokens) == 2
    we.say(wecom_said(40014, "no"), *[wecom_said(0, "ok", access_token="bad", expires_in=9)])
    assert ours.send(person).verdict is Verdict.AGAIN


def test_a_token_near_its_end_is_fetched_anew(we: WeCom, http: OutboundHttp) -> None:
    we.expires_in = 120
    now = [0.0]
    ours = sender(we, http)
    assert isinstance(ours, wecom.WeComApplication)
    timed = wecom.WeComApplication(ours._account, http, clock=lambda: now[0])
    person = replace(MESSAGE, to="ZhangSan")
    assert timed.send(person).is_sent
    now[0] = 2.0
    assert timed.send(person).is_sent
    assert len(we.tokens) == 2


def test_many_threads_fetch_one_token(we: WeCom, http: OutboundHttp) -> None:
    ours, verdicts = sender(we, http), []

    def send(text: str) -> None:
        verdicts.append(ours.send(replace(MESSAGE, to="ZhangSan", text=text)).verdict)

    threads = [threading.Thread(target=send, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == [Verdict.SENT] * 8
    assert len(we.tokens) == 1


def test_somebody_whom_the_application_does_not_know_is_refused(
    we: WeCom, http: OutboundHttp
) -> None:
    answer = sender(we, http).send(replace(MESSAGE, to="LiSi"))
    assert answer.verdict is Verdict.REFUSED
    assert "LiSi" not in answer.reason


def test_a_wrong_secret_of_the_application_is_the_operators_trouble(
    we: WeCom, http: OutboundHttp
) -> None:
    answer = sender(we, http, WECOM_SECRET="wrong").send(replace(MESSAGE, to="ZhangSan"))
    assert answer == Answer(Verdict.AGAIN, "no token: WeCom answered 40001", retry_after=60.0)


@pytest.mark.parametrize("mood", [Said(b"<html>", 502), Said(b"[]"), Said({"errcode": "?"})])
def test_an_odd_answer_of_wecom_is_tried_again_as_repeats_do_no_harm(
    we: WeCom, http: OutboundHttp, mood: Mood
) -> None:
    ours, person = sender(we, http), replace(MESSAGE, to="ZhangSan")
    assert ours.send(person).is_sent
    we.say(mood)
    assert ours.send(person).verdict is Verdict.AGAIN


def test_what_anybody_wrote_is_no_link_in_wecom(we: WeCom, http: OutboundHttp) -> None:
    evil = replace(MESSAGE, to="ZhangSan", text='<a href="http://evil.example">工单</a>')
    assert sender(we, http).send(evil).is_sent
    assert "<a" not in str(we.messages[0]["text"])
