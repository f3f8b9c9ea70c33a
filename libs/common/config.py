"""Configuration from the environment, read once; a wrong value is refused by its name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

REFUSED = 78  # EX_CONFIG of sysexits.h: starting the process again would not help


class ConfigError(Exception):
    """A variable is missing or wrong; the message names it."""


@dataclass(frozen=True)
class Config:
    """Everything a process may be told from outside. Secrets never appear in its repr."""

    database: str | None = field(repr=False)
    service_databases: Mapping[str, str] = field(repr=False)
    amqp_uri: str | None = field(repr=False)
    blob_dir: str
    actor_key: bytes = field(repr=False)
    thread_keys: tuple[bytes, ...] = field(repr=False)
    field_keys: str = field(repr=False)
    index_key: bytes = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    mail_domain: str
    business_zone: ZoneInfo
    health_port: int | None
    log_level: str
    pool_size: int

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read and check the variables; raises ConfigError naming the first wrong one."""
        env = os.environ if environ is None else environ
        mail_from = _sender(env)
        return cls(
            database=_database(env, "DATABASE_URL"),
            service_databases={
                name[: -len("_DATABASE_URL")].lower(): url
                for name in env
                if name.endswith("_DATABASE_URL") and (url := _database(env, name))
            },
            amqp_uri=_amqp(env),
            blob_dir=env.get("BLOB_DIR") or ".run/blobs",
            actor_key=_key(env, "ACTOR_KEY"),
            thread_keys=_keys(env, "THREAD_KEY"),
            field_keys=env.get("FIELD_KEYS", ""),
            index_key=_key(env, "INDEX_KEY"),
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=mail_from,
            mail_domain=env.get("MAIL_DOMAIN") or mail_from.rpartition("@")[2].rstrip("> "),
            business_zone=_zone(env),
            health_port=_port(env, "HEALTH_PORT"),
            log_level=_level(env),
            pool_size=_pool_size(env),
        )

    def database_url(self, service: str) -> str:
        """The SQLAlchemy URL of a service's own database; raises ConfigError if none is named."""
        if own := self.service_databases.get(service):
            return own
        if self.database is None:
            raise ConfigError(f"DATABASE_URL or {service.upper()}_DATABASE_URL must be set")
        parts = urlsplit(self.database)
        prefix = parts.path.strip("/") or "tidedesk"
        return urlunsplit(parts._replace(path=f"/{prefix}_{service}"))

    def broker(self) -> str:
        """The broker's URI; raises ConfigError if none is named."""
        if self.amqp_uri is None:
            raise ConfigError("AMQP_URI must be set")
        return self.amqp_uri

    def require_actor_key(self) -> bytes:
        """The key that signs actors; a process that needs it does not start without."""
        if not self.actor_key:
            raise ConfigError("ACTOR_KEY must be set")
        return self.actor_key


def _database(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name)
    if not value:
        return None
    # In SQLAlchemy 2.1 a bare postgresql:// means psycopg 3, which blocks green processes.
    _check_address(name, value, ("postgresql", "postgres", "postgresql+psycopg2"))
    return f"postgresql+psycopg2://{value.partition('://')[2]}"


def _amqp(env: Mapping[str, str]) -> str | None:
    value = env.get("AMQP_URI")
    if not value:
        return None
    _check_address("AMQP_URI", value, ("amqp", "amqps"))
    return value


def _check_address(name: str, value: str, schemes: tuple[str, ...]) -> None:
    """Refuse by name alone: the value may hold a password."""
    scheme, found, _ = value.partition("://")
    if not found or scheme not in schemes:
        raise ConfigError(f"{name} must begin with {schemes[0]}://")
    try:
        parts = urlsplit(value)
        is_complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_complete = False
    if not is_complete:
        raise ConfigError(f"{name} must name a host and, if any, a port below 65536")


def _sender(env: Mapping[str, str]) -> str:
    sender = env.get("MAIL_FROM") or "Tidedesk 客服 <support@tidedesk.local>"
    if "@" not in sender or not sender.rpartition("@")[2].rstrip("> "):
        raise ConfigError("MAIL_FROM must hold a mail address")
    return sender


def _key(env: Mapping[str, str], name: str) -> bytes:
    return next(iter(_keys(env, name)), b"")


def _keys(env: Mapping[str, str], name: str) -> tuple[bytes, ...]:
    """Keys in hex, separated by commas; the first signs, all verify."""
    try:
        keys = tuple(bytes.fromhex(part) for part in env.get(name, "").split(",") if part.strip())
    except ValueError:
        raise ConfigError(f"{name} must be hexadecimal") from None
    if any(len(key) < 32 for key in keys):
        raise ConfigError(f"{name} must be at least 32 bytes (64 hexadecimal digits)")
    return keys


def _zone(env: Mapping[str, str]) -> ZoneInfo:
    name = env.get("BUSINESS_ZONE") or "Asia/Shanghai"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"BUSINESS_ZONE is not a known time zone: {name}") from None


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()):
        raise ConfigError(f"{name} must be a whole number (found {value!r})")
    return int(value)


def _port(env: Mapping[str, str], name: str) -> int | None:
    port = _number(env, name, 0)
    if port > 65535:
        raise ConfigError(f"{name} must be a port below 65536 (found {port})")
    return port or None


def _pool_size(env: Mapping[str, str]) -> int:
    size = _number(env, "DATABASE_POOL", 10)
    if size < 1:
        raise ConfigError("DATABASE_POOL must be at least 1")
    return size


def _level(env: Mapping[str, str]) -> str:
    level = (env.get("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR (found {level})")
    return level
