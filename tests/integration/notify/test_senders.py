"""Senders against local providers that check signatures as the vendors document them."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from libs.common.config import Config, ConfigError
from libs.common.http import OutboundHttp, parse_networks
from services.notify.clients import asking, wecom
from services.notify.clients.aliyun import AliyunSms
from services.notify.clients.pace import Pace, Paces
from services.notify.clients.robots import DingTalkRobot
from services.notify.clients.sending import open_senders, robot_sender
from services.notify.domain.messages import Answer, Message, Sender, Verdict
from tests.support.vendors.aliyun import Aliyun
from tests.support.vendors.dingtalk import DingTalk
from tests.support.vendors.dingtalk import said as dingtalk_said
from tests.support.vendors.server import HANG, Mood, Said, VendorServer
from tests.support.vendors.tencent import Tencent
from tests.support.vendors.wecom import AGENT, CORP, SECRET, WeCom
from tests.support.vendors.wecom import said as wecom_said

MESSAGE = Message(
    delivery_id=UUID("0193b1a0-0000-7000-8000-000000000001"),
    to="+8613800138000",
    subject="工单 G20261122001 已解决",
    text="您的问题已解决：https://desk.example/t/1\n感谢 [点这里](http://evil.example)",
    provider_code="SMS_154950909",
    provider_params=[("number", "G20261122001"), ("name", "王 & 李/赵+~*")],
)
LOCAL = parse_networks("127.0.0.0/8")


@pytest.fixture
def http() -> OutboundHttp:
    return OutboundHttp(LOCAL)


@pytest.fixture
def aliyun() -> Iterator[Aliyun]:
    with Aliyun() as server:
        yield server


@pytest.fixture
def tencent() -> Iterator[Tencent]:
    with Tencent() as server:
        yield server


@pytest.fixture
def dingtalk() -> Iterator[DingTalk]:
    with DingTalk() as server:
        yield server


@pytest.fixture
def we() -> Iterator[WeCom]:
    with WeCom() as server:
        yield server


def environment(server: VendorServer, **changed: str) -> dict[str, str]:
    """What an operator would write who uses this provider."""
    if isinstance(server, Aliyun):
        named = {
            "SMS_PROVIDER": "aliyun",
            "ALIYUN_ACCESS_KEY_ID": server.key_id,
            "ALIYUN_ACCESS_KEY_SECRET": server.secret,
            "ALIYUN_SMS_SIGN_NAME": "潮汐客服",
            "ALIYUN_SMS_URL": server.url,
        }
    elif isinstance(server, Tencent):
        named = {
            "SMS_PROVIDER": "tencent",
            "TENCENT_SECRET_ID": server.secret_id,
            "TENCENT_SECRET_KEY": server.secret_key,
            "TENCENT_SMS_APP_ID": "1400006666",
            "TENCENT_SMS_SIGN_NAME": "潮汐客服",
            "TENCENT_SMS_URL": server.url,
        }
    else:
        named = {
            "WECOM_CORP_ID": CORP,
            "WECOM_AGENT_ID": str(AGENT),
            "WECOM_SECRET": SECRET,
            "WECOM_URL": server.url,
        }
    return named | changed


def sender(server: VendorServer, http: OutboundHttp, **changed: str) -> Sender:
    senders = open_senders(Config.read({}), http, environment(server, **changed))
    (only,) = senders.values()
    return only


def test_aliyun_takes_a_signed_message_and_gives_its_receipt(
    aliyun: Aliyun, http: OutboundHttp
) -> None:
    answer = sender(aliyun, http).send(MESSAGE)
    assert answer == Answer(Verdict.SENT, provider_id="900619746936498440^1")
    (sent,) = aliyun.sent
    assert sent == {
        "PhoneNumbers": "13800138000",
        "SignName": "潮汐客服",
        "TemplateCode": "SMS_154950909",
        "TemplateParam": '{"number":"G20261122001","name":"王 & 李/赵+~*"}',
        "OutId": MESSAGE.delivery_id.hex,
    }


def test_aliyun_is_given_foreign_numbers_without_the_plus(
    aliyun: Aliyun, http: OutboundHttp
) -> None:
    assert sender(aliyun, http).send(replace(MESSAGE, to="+85291234567")).is_sent
    assert aliyun.sent[0]["PhoneNumbers"] == "85291234567"


def test_tencent_takes_a_signed_message_and_gives_its_receipt(
    tencent: Tencent, http: OutboundHttp
) -> None:
    answer = sender(tencent, http).send(MESSAGE)
    assert answer == Answer(Verdict.SENT, provider_id="5000:1045710669157053657849499619")
    (sent,) = tencent.sent
    assert sent["PhoneNumberSet"] == ["+8613800138000"]
    assert sent["TemplateParamSet"] == ["G20261122001", "王 & 李/赵+~*"]
    assert sent["SessionContext"] == MESSAGE.delivery_id.hex


@pytest.mark.parametrize("vendor", [Aliyun, Tencent])
def test_a_wrong_key_is_the_operators_trouble_and_not_the_messages(
    vendor: type[VendorServer], http: OutboundHttp
) -> None:
    with vendor() as server:
        wrong = {"ALIYUN_ACCESS_KEY_SECRET": "wrong", "TENCENT_SECRET_KEY": "wrong"}
        answer = sender(server, http, **wrong).send(MESSAGE)
    assert answer.verdict is Verdict.AGAIN
    assert answer.retry_after == 300.0
    assert "Signature" in answer.reason


@pytest.mark.parametrize("vendor", [Aliyun, Tencent])
def test_a_number_that_is_none_is_refused_for_ever(
    vendor: type[VendorServer], http: OutboundHttp
) -> None:
    with vendor() as server:
        answer = sender(server, http).send(replace(MESSAGE, to="+86"))
    assert answer.verdict is Verdict.REFUSED


@pytest.mark.parametrize("vendor", [Aliyun, Tencent])
def test_without_a_template_code_nothing_is_asked(
    vendor: type[VendorServer], http: OutboundHttp
) -> None:
    with vendor() as server:
        answer = sender(server, http).send(replace(MESSAGE, provider_code=None))
        assert server.asked == []
    assert answer == Answer(Verdict.REFUSED, "no template code of the provider")


def test_the_same_nonce_is_never_used_twice(aliyun: Aliyun, http: OutboundHttp) -> None:
    ours = sender(aliyun, http)
    assert [ours.send(MESSAGE).verdict for _ in range(3)] == [Verdict.SENT] * 3


def test_a_clock_that_is_wrong_is_noticed_and_tried_again(
    aliyun: Aliyun, http: OutboundHttp
) -> None:
    account = sender(aliyun, http)
    assert isinstance(account, AliyunSms)
    late = AliyunSms(account._account, http, clock=lambda: 1_600_000_000.0)
    answer = late.send(MESSAGE)
    assert (answer.verdict, answer.retry_after) == (Verdict.AGAIN, 60.0)


@pytest.mark.parametrize(
    ("code", "verdict", "retry_after"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", Verdict.AGAIN, 60.0),
        ("Throttling.User", Verdict.AGAIN, 1.0),
        ("isp.SYSTEM_ERROR", Verdict.AGAIN, 5.0),
        ("isv.AMOUNT_NOT_ENOUGH", Verdict.AGAIN, 300.0),
        ("isv.SMS_TEMPLATE_ILLEGAL", Verdict.REFUSED, None),
        ("isv.NOT_KNOWN_YET", Verdict.REFUSED, None),
        ("", Verdict.UNKNOWN, None),
    ],
)
def test_aliyuns_codes_say_whether_another_try_helps(
    aliyun: Aliyun, http: OutboundHttp, code: str, verdict: Verdict, retry_after: float | None
) -> None:
    aliyun.say(Said({"Code": code, "Message": "…13800138000…"}))
    answer = sender(aliyun, http).send(MESSAGE)
    assert (answer.verdict, answer.retry_after) == (verdict, retry_after)
    assert "13800138000" not in answer.reason


@pytest.mark.parametrize(
    ("code", "verdict", "retry_after"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", Verdict.AGAIN, 30.0),
        ("LimitExceeded.PhoneNumberDailyLimit", Verdict.AGAIN, 3600.0),
        ("LimitExceeded.DeliveryFrequencyLimit", Verdict.AGAIN, 60.0),
        ("FailedOperation.InsufficientBalanceInSmsPackage", Verdict.AGAIN, 300.0),
        ("FailedOperation.PhoneNumberInBlacklist", Verdict.REFUSED, None),
        ("InvalidParameterValue.TemplateParameterFormatError", Verdict.REFUSED, None),
        ("", Verdict.UNKNOWN, None),
    ],
)
def test_tencents_codes_say_whether_another_try_helps(
    tencent: Tencent, http: OutboundHttp, code: str, verdict: Verdict, retry_after: float | None
) -> None:
    tencent.say(Tencent.state(code))
    answer = sender(tencent, http).send(MESSAGE)
    assert (answer.verdict, answer.retry_after) == (verdict, retry_after)


@pytest.mark.parametrize("vendor", [Aliyun, Tencent])
@pytest.mark.parametrize(
    ("odd", "verdict"),
    [
        (Said(b"<html>", 502), Verdict.UNKNOWN),
        (Said(b"<html>", 200), Verdict.UNKNOWN),
        (Said([1, 2]), Verdict.UNKNOWN),
        (Said({}), Verdict.UNKNOWN),
        (Said(b"busy", 503), Verdict.AGAIN),
        (Said(b"slow down", 429), Verdict.AGAIN),
        (Said(b"", 302, (("Location", "http://127.0.0.1:1/"),)), Verdict.UNKNOWN),
        (Said(b"x" * 100_000), Verdict.UNKNOWN),
    ],
)
def test_an_odd_answer_is_sent_again_only_if_nothing_can_have_been_taken(
    vendor: type[VendorServer], http: OutboundHttp, odd: Said, verdict: Verdict
) -> None:
    with vendor() as server:
        server.say(odd)
        assert sender(server, http).send(MESSAGE).verdict is verdict


@pytest.mark.parametrize("vendor", [Aliyun, Tencent, DingTalk])
def test_a_provider_that_hangs_may_have_taken_it(
    vendor: type[VendorServer], http: OutboundHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.3)
    with vendor() as server:
        server.say(HANG)
        answer = _any_sender(server, http).send(MESSAGE)
    assert answer.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("vendor", [Aliyun, Tencent, DingTalk])
def test_a_provider_that_is_away_has_taken_nothing(
    vendor: type[VendorServer], http: OutboundHttp
) -> None:
    with vendor() as server:
        gone = _any_sender(server, http)
    answer = gone.send(MESSAGE)
    assert answer.verdict is Verdict.AGAIN
    assert "secret" not in answer.reason


def _any_sender(server: VendorServer, http: OutboundHttp) -> Sender:
    if isinstance(server, DingTalk):
        return robot_sender("dingtalk_robot", server.robot_url, server.secret, http)
    return sender(server, http)


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


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"SMS_PROVIDER": "pigeon"}, "SMS_PROVIDER"),
        ({"SMS_PROVIDER": "http"}, "SMS_URL"),
        ({"SMS_PROVIDER": "aliyun"}, "ALIYUN_ACCESS_KEY_ID"),
        ({"SMS_PROVIDER": "tencent", "TENCENT_SECRET_ID": "x"}, "TENCENT_SECRET_KEY"),
        ({"WECOM_CORP_ID": "x"}, "WECOM_AGENT_ID"),
        ({"WECOM_CORP_ID": "x", "WECOM_AGENT_ID": "one"}, "WECOM_AGENT_ID"),
        (
            {
                "SMS_PROVIDER": "aliyun",
                "ALIYUN_ACCESS_KEY_ID": "x",
                "ALIYUN_ACCESS_KEY_SECRET": "x",
                "ALIYUN_SMS_SIGN_NAME": "x",
                "ALIYUN_SMS_URL": "ftp://x",
            },
            "ALIYUN_SMS_URL",
        ),
    ],
)
def test_a_wrong_variable_is_refused_by_its_name(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        open_senders(Config.read({}), environ=environ)


def test_nothing_configured_means_no_senders() -> None:
    assert open_senders(Config.read({}), environ={}) == {}


def test_secrets_are_never_shown(aliyun: Aliyun, we: WeCom) -> None:
    for server, hidden in ((aliyun, aliyun.secret), (we, SECRET)):
        for one in open_senders(Config.read({}), environ=environment(server)).values():
            assert hidden not in repr(vars(one))


def test_a_port_where_nobody_listens_means_nothing_was_sent(http: OutboundHttp) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/cgi-bin/webhook/send?key=k"
        assert robot_sender("wecom_robot", url, None, http).send(MESSAGE).verdict is Verdict.AGAIN
