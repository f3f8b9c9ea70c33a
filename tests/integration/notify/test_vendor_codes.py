"""One-time codes through Aliyun and Tencent, who keep the texts themselves."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from libs.common.config import Config, ConfigError
from libs.common.testing.eventually import eventually
from services.notify.clients import asking
from services.notify.use_cases.code_room import CodeRoom
from services.notify.use_cases.hand_over_codes import hand_over_codes
from tests.integration.notify.desk import CODE, Desk
from tests.integration.notify.providers import environment
from tests.support.smtp_sink import SmtpSink
from tests.support.vendors.aliyun import Aliyun
from tests.support.vendors.server import HANG, Said, VendorServer
from tests.support.vendors.tencent import Tencent

TEMPLATES = {
    "SMS_CODE_TEMPLATE": "SMS_1",
    "SMS_CODE_TEMPLATE_EN": "SMS_2",
    "SMS_CODE_PARAMS": "code,ttl=minutes",
}


def provided_by(server: VendorServer) -> dict[str, str]:
    """Its account, and the templates of our codes there."""
    return TEMPLATES | environment(server)


def room_of(config: Config, sink: SmtpSink, environ: Mapping[str, str]) -> CodeRoom:
    return CodeRoom.open(replace(config, smtp_url=sink.url), environ)


def hand_over(desk: Desk, room: CodeRoom) -> None:
    """Until nothing is under way or due."""
    eventually(lambda: not hand_over_codes(desk.database, room, desk.now))


@pytest.mark.parametrize(("language", "template"), [("zh", "SMS_1"), ("en", "SMS_2")])
def test_a_code_reaches_aliyun_as_the_template_wants_it(
    desk: Desk, config: Config, sink: SmtpSink, aliyun: Aliyun, language: str, template: str
) -> None:
    desk.send_code(language=language)
    hand_over(desk, room_of(config, sink, provided_by(aliyun)))
    (sent,) = aliyun.sent
    assert sent["PhoneNumbers"] == CODE["address"].removeprefix("+86")
    assert sent["TemplateCode"] == template
    assert sent["TemplateParam"] == '{"code":"864209","ttl":"5"}'
    assert desk.code().status == "sent"


def test_a_code_reaches_tencent_with_its_variables_in_order(
    desk: Desk, config: Config, sink: SmtpSink, tencent: Tencent
) -> None:
    desk.send_code()
    hand_over(desk, room_of(config, sink, provided_by(tencent)))
    (sent,) = tencent.sent
    assert sent["TemplateParamSet"] == ["864209", "5"]
    assert desk.code().status == "sent"


def test_a_provider_that_hangs_leaves_a_code_unknown_and_it_is_not_sent_twice(
    desk: Desk,
    config: Config,
    sink: SmtpSink,
    aliyun: Aliyun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.3)
    aliyun.say(HANG)
    desk.send_code()
    room = room_of(config, sink, provided_by(aliyun))
    hand_over(desk, room)
    assert desk.code().status == "unknown"
    desk.wait(seconds=60)
    hand_over(desk, room)
    assert len(aliyun.asked) == 1


def test_a_limit_of_the_provider_is_waited_out_while_the_code_is_valid(
    desk: Desk, config: Config, sink: SmtpSink, aliyun: Aliyun
) -> None:
    aliyun.say(Said({"Code": "isv.BUSINESS_LIMIT_CONTROL"}))
    desk.send_code()
    room = room_of(config, sink, provided_by(aliyun))
    hand_over(desk, room)
    assert desk.code().status == "waiting"
    desk.wait(seconds=59)
    hand_over(desk, room)
    assert len(aliyun.asked) == 1
    desk.wait(seconds=1)
    hand_over(desk, room)
    assert desk.code().status == "sent"


def test_no_error_of_a_code_tells_the_number(
    desk: Desk, config: Config, sink: SmtpSink, aliyun: Aliyun
) -> None:
    aliyun.say(Said({"Code": "isv.BLACK_KEY_CONTROL_LIMIT", "Message": CODE["address"]}))
    desk.send_code()
    hand_over(desk, room_of(config, sink, provided_by(aliyun)))
    assert desk.code().status == "failed"
    assert "13800138000" not in desk.code().error


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SMS_CODE_TEMPLATE": ""}, "SMS_CODE_TEMPLATE"),
        ({"SMS_CODE_PARAMS": "code,number"}, "SMS_CODE_PARAMS"),
        ({"SMS_CODE_PARAMS": "code,,minutes"}, "SMS_CODE_PARAMS"),
        ({"SMS_CODE_PARAMS": "验证码=code"}, "SMS_CODE_PARAMS"),
    ],
)
def test_a_wrong_template_is_refused_at_start_by_name(
    config: Config, sink: SmtpSink, aliyun: Aliyun, changed: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        room_of(config, sink, provided_by(aliyun) | changed)
