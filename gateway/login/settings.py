"""What an installation decides about logging in: passwords, sessions, SMS codes, single sign-on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from libs.common.config import ConfigError, number


@dataclass(frozen=True)
class PasswordRules:
    """`history`: how many earlier passwords may not come again. `max_age`: None for ever.

    `company`: words that everybody would guess first.
    """

    min_length: int = 10
    history: int = 5
    max_age: timedelta | None = None
    company: tuple[str, ...] = ("tidedesk", "潮汐工单")


@dataclass(frozen=True)
class SessionRules:
    """A browser's session ends unused after `idle`, in any case after `lifetime`.

    An app's token lives for `access`; it is refreshed within `refresh_idle`, until `refresh`.
    """

    idle: timedelta = timedelta(hours=2)
    lifetime: timedelta = timedelta(hours=12)
    access: timedelta = timedelta(hours=1)
    refresh_idle: timedelta = timedelta(days=14)
    refresh: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class Sso:
    """The company's OpenID provider and what we are to it.

    Without a secret we are a public client. `create_role`: who logs in there and is unknown here
    gets an account with this role; None: nobody does.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    label: str = "SSO"
    login_claim: str = "preferred_username"
    create_role: str | None = None


@dataclass(frozen=True)
class LoginSettings:
    """All of it. `public_url` is where browsers find us."""

    passwords: PasswordRules = PasswordRules()
    sessions: SessionRules = SessionRules()
    has_sms: bool = False
    sso: Sso | None = None
    public_url: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "LoginSettings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        if env.get("OIDC_ISSUER") and not env.get("GATEWAY_URL"):
            # Never from the request: who sends it may call us by any name.
            raise ConfigError("GATEWAY_URL must be set beside OIDC_ISSUER")
        return cls(
            passwords=_passwords(env),
            sessions=_sessions(env),
            has_sms=_has_sms(env),
            sso=_sso(env),
            public_url=_address(env, "GATEWAY_URL"),
        )


def _passwords(env: Mapping[str, str]) -> PasswordRules:
    days = number(env, "PASSWORD_MAX_DAYS", 0, 0, 3650)
    named = tuple(word.strip() for word in env.get("COMPANY_NAME", "").split(",") if word.strip())
    return PasswordRules(
        min_length=number(env, "PASSWORD_MIN_LENGTH", 10, 8, 64),
        history=number(env, "PASSWORD_HISTORY", 5, 0, 24),
        max_age=timedelta(days=days) if days else None,
        company=(*PasswordRules.company, *named),
    )


def _sessions(env: Mapping[str, str]) -> SessionRules:
    return SessionRules(
        idle=timedelta(minutes=number(env, "SESSION_IDLE_MINUTES", 120, 1, 10_080)),
        lifetime=timedelta(hours=number(env, "SESSION_HOURS", 12, 1, 720)),
        access=timedelta(minutes=number(env, "TOKEN_MINUTES", 60, 1, 1_440)),
        refresh_idle=timedelta(days=number(env, "REFRESH_IDLE_DAYS", 14, 1, 365)),
        refresh=timedelta(days=number(env, "REFRESH_DAYS", 30, 1, 365)),
    )


def _has_sms(env: Mapping[str, str]) -> bool:
    """By itself, where notify has somebody who sends text messages."""
    has_provider = env.get("SMS_URL") or env.get("SMS_PROVIDER")
    chosen = env.get("LOGIN_BY_SMS") or ("yes" if has_provider else "no")
    if chosen not in ("yes", "no"):
        raise ConfigError(f"LOGIN_BY_SMS must be yes or no (found {chosen!r})")
    return chosen == "yes"


def _sso(env: Mapping[str, str]) -> Sso | None:
    issuer = _address(env, "OIDC_ISSUER")
    if issuer is None:
        return None
    client_id = env.get("OIDC_CLIENT_ID")
    if not client_id:
        raise ConfigError("OIDC_CLIENT_ID must be set beside OIDC_ISSUER")
    return Sso(
        # The issuer is compared letter by letter: a slash at its end belongs to it.
        issuer=env["OIDC_ISSUER"],
        client_id=client_id,
        client_secret=env.get("OIDC_CLIENT_SECRET", ""),
        label=env.get("OIDC_LABEL") or Sso.label,
        login_claim=env.get("OIDC_LOGIN_CLAIM") or Sso.login_claim,
        create_role=env.get("OIDC_CREATE_ROLE") or None,
    )


def _address(env: Mapping[str, str], name: str) -> str | None:
    """An http(s) address without a slash at its end."""
    value = env.get(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"{name} must be an address such as https://login.example.com")
    return value.rstrip("/")
