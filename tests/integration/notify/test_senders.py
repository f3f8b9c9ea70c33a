"""Senders of text messages against local providers that check signatures as documented."""

import socket
from dataclasses import replace

import pytest

from libs.common.config import Config, ConfigError
from libs.common.http import OutboundHttp
from services.notify.clients import asking
from services.notify.clients.aliyun import AliyunSms
from services.notify.clients.sending import open_senders, robot_sender
from services.notify.domain.messages import Answer, Sender, Verdict
from tests.integration.notify.providers import MESSAGE, environment, sender
from tests.support.vendors.aliyun import Aliyun
from tests.support.vendors.dingtalk import DingTalk
from tests.support.vendors.server import HANG, Said, VendorServer
from tests.support.vendors.tencent import Tencent
from tests.support.vendors.wecom import SECRET, WeCom


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
