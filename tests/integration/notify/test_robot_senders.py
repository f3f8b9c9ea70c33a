"""Robots of groups at DingTalk and WeCom: signed, at their pace, and nothing that is a trap."""

from dataclasses import replace

import pytest

from libs.common.http import OutboundHttp
from services.notify.clients.pace import Pace, Paces
from services.notify.clients.robots import DingTalkRobot
from services.notify.clients.sending import robot_sender
from services.notify.domain.messages import Answer, Verdict
from tests.integration.notify.providers import MESSAGE
from tests.support.vendors.dingtalk import DingTalk
from tests.support.vendors.dingtalk import said as dingtalk_said
from tests.support.vendors.wecom import WeCom
from tests.support.vendors.wecom import said as wecom_said


def test_a_dingtalk_robot_takes_signed_markdown(dingtalk: DingTalk, http: OutboundHttp) -> None:
    answer = robot_sender("dingtalk_robot", dingtalk.robot_url, "SEC-test", http).send(MESSAGE)
    assert answer == Answer(Verdict.SENT)
    (message,) = dingtalk.messages
    assert message["title"] == MESSAGE.subject
    assert message["text"].startswith(f"#### {MESSAGE.subject}\n\n")


def test_nobody_hides_a_link_behind_other_words(dingtalk: DingTalk, http: OutboundHttp) -> None:
    robot_sender("dingtalk_robot", dingtalk.robot_url, "SEC-test", http).send(MESSAGE)
    (message,) = dingtalk.messages
    assert "[https://desk.example/t/1](https://desk.example/t/1)" in message["text"]
    assert "[点这里]" not in message["text"]


def test_a_dingtalk_robot_without_signatures_needs_no_secret(http: OutboundHttp) -> None:
    with DingTalk(secret=None) as server:
        assert robot_sender("dingtalk_robot", server.robot_url, None, http).send(MESSAGE).is_sent


def test_a_wrong_secret_or_token_is_refused(dingtalk: DingTalk, http: OutboundHttp) -> None:
    wrong = robot_sender("dingtalk_robot", dingtalk.robot_url, "SEC-other", http)
    assert wrong.send(MESSAGE) == Answer(
        Verdict.REFUSED, "the robot answered 310000: sign not match"
    )
    lost = robot_sender("dingtalk_robot", f"{dingtalk.url}/robot/send?access_token=x", "s", http)
    assert lost.send(MESSAGE) == Answer(
        Verdict.REFUSED, "the robot answered 300001: token is not exist"
    )


def test_a_dingtalk_robot_that_spoke_too_fast_is_left_alone(
    dingtalk: DingTalk, http: OutboundHttp
) -> None:
    dingtalk.say(dingtalk_said(130101, "send too fast, exceed 20 times per minute"))
    answer = robot_sender("dingtalk_robot", dingtalk.robot_url, "SEC-test", http).send(MESSAGE)
    reason = "the robot answered 130101: send too fast, exceed 20 times per minute"
    assert answer == Answer(Verdict.AGAIN, reason, retry_after=600.0)


def test_the_twenty_first_message_of_a_minute_is_not_even_handed_over(
    dingtalk: DingTalk, http: OutboundHttp
) -> None:
    now = [0.0]
    pace = Pace(20, 60.0, clock=lambda: now[0])
    robot = DingTalkRobot(dingtalk.robot_url, "SEC-test", http, pace)
    for second in range(20):
        now[0] = float(second)
        assert robot.send(MESSAGE).is_sent
    now[0] = 25.0
    answer = robot.send(MESSAGE)
    assert (answer.verdict, answer.retry_after) == (Verdict.AGAIN, 35.0)
    assert len(dingtalk.messages) == 20
    now[0] = 60.0
    assert robot.send(MESSAGE).is_sent


def test_a_robot_has_one_pace_however_often_its_sender_is_made() -> None:
    paces = Paces(most=1, seconds=60.0)
    assert paces.of("https://a.example").take() == 0
    assert paces.of("https://a.example").take() > 0
    assert paces.of("https://b.example").take() == 0


def test_a_wecom_robot_takes_markdown_and_cuts_what_is_too_long(
    we: WeCom, http: OutboundHttp
) -> None:
    robot = robot_sender("wecom_robot", we.robot_url, None, http)
    assert robot.send(MESSAGE).is_sent
    assert robot.send(replace(MESSAGE, text="长" * 5_000)).is_sent
    assert we.robot_messages[0].startswith("#### 工单 G20261122001 已解决")
    assert we.robot_messages[1].endswith("…")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(45009, Verdict.AGAIN), (-1, Verdict.AGAIN), (93000, Verdict.REFUSED)],
)
def test_a_wecom_robots_codes_say_whether_another_try_helps(
    we: WeCom, http: OutboundHttp, code: int, verdict: Verdict
) -> None:
    we.say(wecom_said(code, "no"))
    assert robot_sender("wecom_robot", we.robot_url, None, http).send(MESSAGE).verdict is verdict


def test_robots_of_staff_may_not_point_inside(we: WeCom) -> None:
    answer = robot_sender("wecom_robot", we.robot_url, None, OutboundHttp()).send(MESSAGE)
    assert answer.verdict is Verdict.AGAIN
    assert "not a public address" in answer.reason
    assert we.asked == []
