"""The ways out beside mail: which providers the environment names, and a sender for each."""

import os
from collections.abc import Mapping
from functools import cache

from libs.common.config import Config, ConfigError
from libs.common.http import OutboundHttp, open_http, parse_networks
from services.notify.clients.aliyun import AliyunSms
from services.notify.clients.pace import Paces
from services.notify.clients.robots import DingTalkRobot, WeComRobot
from services.notify.clients.settings import (
    SmsProvider,
    read_aliyun,
    read_provider,
    read_tencent,
    read_wecom,
)
from services.notify.clients.sms import HttpSms
from services.notify.clients.tencent import TencentSms
from services.notify.clients.wecom import WeComApplication
from services.notify.domain.endpoints import EndpointKind
from services.notify.domain.messages import Answer, Message, Sender, Verdict

__all__ = [
    "Answer",
    "Message",
    "Sender",
    "Verdict",
    "open_senders",
    "open_sms",
    "robot_sender",
]

SMS = "sms"
WECOM_APP = "wecom_app"

# The operator names these addresses, often inside the company; redirects are not followed.
_ANYWHERE = parse_networks("0.0.0.0/0,::/0")
_paces = Paces()
_guarded = cache(open_http)  # reading the authorities anew for each message would cost more


def open_senders(
    config: Config, http: OutboundHttp | None = None, environ: Mapping[str, str] | None = None
) -> dict[str, Sender]:
    """By channel, `sms` and `wecom_app`; what is not configured is not there.

    Raises ConfigError naming what is missing or wrong.
    """
    env = os.environ if environ is None else environ
    out = http or OutboundHttp(_ANYWHERE)
    senders: dict[str, Sender] = {}
    if sms := open_sms(config, out, env):
        senders[SMS] = sms
    if wecom := read_wecom(env):
        senders[WECOM_APP] = WeComApplication(wecom, out)
    return senders


def open_sms(
    config: Config, http: OutboundHttp | None = None, environ: Mapping[str, str] | None = None
) -> Sender | None:
    """The provider of text messages, if one is configured; raises ConfigError."""
    env = os.environ if environ is None else environ
    out = http or OutboundHttp(_ANYWHERE)
    provider = read_provider(env)
    if provider is SmsProvider.ALIYUN:
        return AliyunSms(read_aliyun(env), out)
    if provider is SmsProvider.TENCENT:
        return TencentSms(read_tencent(env), out)
    if config.sms_url:
        return HttpSms(config.sms_url, config.sms_key, out)
    if provider is SmsProvider.HTTP:
        raise ConfigError("SMS_URL must be set where SMS_PROVIDER is http")
    return None


def robot_sender(
    kind: str, url: str, secret: str | None = None, http: OutboundHttp | None = None
) -> Sender:
    """A robot in a group chat, `dingtalk_robot` or `wecom_robot`; `to` of its messages is not
    looked at.

    Staff write the URL: private addresses are refused, unless HTTP_ALLOW_PRIVATE names them.
    """
    out = http or _guarded()
    pace = _paces.of(url)
    if EndpointKind(kind) is EndpointKind.DINGTALK_ROBOT:
        return DingTalkRobot(url, secret, out, pace)
    return WeComRobot(url, out, pace)
