"""The environment's variables about providers, read once; a wrong value is refused by its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from libs.common.config import ConfigError
from libs.common.http import OutboundRefused
from libs.common.http.addresses import parse_target

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


class SmsProvider(StrEnum):
    """Who sends text messages; `http` is the company's own gateway (docs/sms.md)."""

    HTTP = "http"
    ALIYUN = "aliyun"
    TENCENT = "tencent"


@dataclass(frozen=True)
class Aliyun:
    """An account at Aliyun's SMS service, and the signature that its texts begin with."""

    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    url: str


@dataclass(frozen=True)
class Tencent:
    """An account at Tencent Cloud's SMS service."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    sign_name: str
    region: str
    url: str


@dataclass(frozen=True)
class WeCom:
    """An application of a company in WeCom (企业微信)."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    url: str


@dataclass(frozen=True)
class CodeTemplates:
    """Under which codes the provider keeps the text of one-time codes, by language, and the
    variables that it has, in its order: (the provider's name, ours)."""

    codes: Mapping[str, str] = field(default_factory=dict)
    params: tuple[tuple[str, str], ...] = ()

    def code_for(self, language: str) -> str | None:
        """The language's own, else the Chinese one."""
        return self.codes.get(language) or self.codes.get("zh")


CODE_VARIABLES = ("code", "minutes", "purpose", "company")


def read_provider(env: Mapping[str, str]) -> SmsProvider | None:
    """None if the environment does not say; raises ConfigError."""
    value = env.get("SMS_PROVIDER")
    if not value:
        return None
    try:
        return SmsProvider(value)
    except ValueError:
        known = ", ".join(SmsProvider)
        raise ConfigError(f"SMS_PROVIDER must be one of {known} (found {value!r})") from None


def has_sms(env: Mapping[str, str]) -> bool:
    """Whether text messages can go out at all."""
    return bool(env.get("SMS_URL")) or read_provider(env) is not None


def read_aliyun(env: Mapping[str, str]) -> Aliyun:
    """Raises ConfigError naming the first variable that is missing or wrong."""
    reason = "SMS_PROVIDER is aliyun"
    return Aliyun(
        key_id=_required(env, "ALIYUN_ACCESS_KEY_ID", reason),
        key_secret=_required(env, "ALIYUN_ACCESS_KEY_SECRET", reason),
        sign_name=_required(env, "ALIYUN_SMS_SIGN_NAME", reason),
        url=_address(env, "ALIYUN_SMS_URL", "https://dysmsapi.aliyuncs.com"),
    )


def read_tencent(env: Mapping[str, str]) -> Tencent:
    """Raises ConfigError naming the first variable that is missing or wrong."""
    reason = "SMS_PROVIDER is tencent"
    return Tencent(
        secret_id=_required(env, "TENCENT_SECRET_ID", reason),
        secret_key=_required(env, "TENCENT_SECRET_KEY", reason),
        app_id=_required(env, "TENCENT_SMS_APP_ID", reason),
        sign_name=_required(env, "TENCENT_SMS_SIGN_NAME", reason),
        region=env.get("TENCENT_SMS_REGION") or "ap-guangzhou",
        url=_address(env, "TENCENT_SMS_URL", "https://sms.tencentcloudapi.com"),
    )


def read_wecom(env: Mapping[str, str]) -> WeCom | None:
    """None without WECOM_CORP_ID; raises ConfigError."""
    corp_id = env.get("WECOM_CORP_ID")
    if not corp_id:
        return None
    reason = "WECOM_CORP_ID is set"
    agent = _required(env, "WECOM_AGENT_ID", reason)
    if not agent.isascii() or not agent.isdigit() or len(agent) > 12:
        raise ConfigError(f"WECOM_AGENT_ID must be a number (found {agent!r})")
    return WeCom(
        corp_id,
        int(agent),
        _required(env, "WECOM_SECRET", reason),
        _address(env, "WECOM_URL", "https://qyapi.weixin.qq.com"),
    )


def read_code_templates(env: Mapping[str, str]) -> CodeTemplates:
    """What providers that keep the texts themselves need; raises ConfigError."""
    keeps_texts = read_provider(env) in (SmsProvider.ALIYUN, SmsProvider.TENCENT)
    if not keeps_texts:
        return CodeTemplates()
    chinese = _required(env, "SMS_CODE_TEMPLATE", f"SMS_PROVIDER is {env['SMS_PROVIDER']}")
    english = env.get("SMS_CODE_TEMPLATE_EN") or chinese
    return CodeTemplates({"zh": chinese, "en": english}, _params(env))


def _params(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    params = []
    for part in (env.get("SMS_CODE_PARAMS") or "code").split(","):
        theirs, _, ours = part.strip().partition("=")
        ours = ours or theirs
        if not _NAME.fullmatch(theirs) or ours not in CODE_VARIABLES:
            known = ", ".join(CODE_VARIABLES)
            raise ConfigError(
                f"SMS_CODE_PARAMS must name variables out of {known}, or name=variable,"
                f" separated by commas (found {part.strip()!r})"
            )
        params.append((theirs, ours))
    return tuple(params)


def _required(env: Mapping[str, str], name: str, reason: str) -> str:
    value = (env.get(name) or "").strip()
    if not value:
        raise ConfigError(f"{name} must be set where {reason}")
    return value


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    url = (env.get(name) or default).rstrip("/")
    try:
        parse_target(url)
    except OutboundRefused as refusal:
        raise ConfigError(f"{name}: {refusal.message}") from None
    return url
