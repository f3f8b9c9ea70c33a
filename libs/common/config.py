"""Configuration from the environment, read once; a wrong value is refused by its name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit, urlunsplit
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
    own_amqp_uris: Mapping[str, str] = field(repr=False)
    blob_dir: str
    actor_key: bytes = field(repr=False)
    thread_keys: tuple[bytes, ...] = field(repr=False)
    field_keys: str = field(repr=False)
    field_keys_file: str | None
    seals_ticket_bodies: bool
    index_key: bytes = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    mail_domain: str
    sms_url: str | None = field(repr=False)
    sms_key: bytes = field(repr=False)
    public_url: str | None
    business_zone: ZoneInfo
    health_port: int | None
    log_level: str
    pool_size: int
    sent_minutes: int

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
            amqp_uri=_amqp(env, "AMQP_URI"),
            own_amqp_uris={
                name[: -len("_AMQP_URI")].lower(): uri
                for name in env
                if name.endswith("_AMQP_URI") and (uri := _amqp(env, name))
            },
            blob_dir=env.get("BLOB_DIR") or ".run/blobs",
            actor_key=_key(env, "ACTOR_KEY"),
            thread_keys=_keys(env, "THREAD_KEY"),
            field_keys=env.get("FIELD_KEYS", ""),
            field_keys_file=env.get("FIELD_KEYS_FILE") or None,
            seals_ticket_bodies=_seals_ticket_bodies(env),
            index_key=_key(env, "INDEX_KEY"),
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=mail_from,
            mail_domain=env.get("MAIL_DOMAIN") or mail_from.rpartition("@")[2].rstrip("> "),
            sms_url=env.get("SMS_URL") or None,
            sms_key=_key(env, "SMS_KEY"),
            public_url=_public_url(env),
            business_zone=_zone(env),
            health_port=number(env, "HEALTH_PORT", 0, 0, 65535) or None,
            log_level=_level(env),
            pool_size=number(env, "DATABASE_POOL", 10, 1, 1000),
            sent_minutes=number(env, "KEEP_SENT_MINUTES", 120, 1, 10_000),
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

    def broker(self, owner: str | None = None) -> str:
        """The broker's URI, with an owner's (`ticketing`) own user if there is one.

        Without an owner it is the operator's. Raises ConfigError if none is named.
        """
        if owner and (own := self.own_amqp_uris.get(owner)):
            return own
        if self.amqp_uri is None:
            named = f"AMQP_URI or {owner.upper()}_AMQP_URI" if owner else "AMQP_URI"
            raise ConfigError(f"{named} must be set")
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


def _amqp(env: Mapping[str, str], name: str) -> str | None:
    """The URI, with the files of its TLS in its query as RabbitMQ's own clients name them."""
    value = env.get(name)
    if not value:
        return None
    _check_address(name, value, ("amqp", "amqps"))
    files = _amqp_files(env)
    if not files:
        return value
    if not value.startswith("amqps://"):
        # Whoever names a CA does not mean to send passwords in the clear.
        raise ConfigError(f"{name} must begin with amqps:// where AMQP_CA_FILE or others are set")
    return f"{value}{'&' if '?' in value else '?'}{urlencode(files)}"


def _amqp_files(env: Mapping[str, str]) -> dict[str, str]:
    ca = readable_file(env, "AMQP_CA_FILE")
    certificate, key = file_pair(env, "AMQP_CERT_FILE", "AMQP_KEY_FILE") or (None, None)
    files = {"cacertfile": ca, "certfile": certificate, "keyfile": key}
    return {name: path for name, path in files.items() if path}


def readable_file(env: Mapping[str, str], name: str) -> str | None:
    """The path in a variable; raises ConfigError if we cannot read what is there."""
    path = env.get(name)
    if not path:
        return None
    try:
        with open(path, "rb"):
            return path
    except OSError as error:
        raise ConfigError(f"{name} names a file that cannot be read: {error.strerror}") from None


def file_pair(env: Mapping[str, str], first: str, second: str) -> tuple[str, str] | None:
    """Two files of which each needs the other, such as a certificate and its key."""
    one, other = readable_file(env, first), readable_file(env, second)
    if one and other:
        return one, other
    if one or other:
        raise ConfigError(f"{first if other else second} must be set as well")
    return None


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


def _public_url(env: Mapping[str, str]) -> str | None:
    """Where browsers find the console and the public pages, without a slash at its end."""
    value = env.get("GATEWAY_URL")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError("GATEWAY_URL must be an address such as https://desk.example.com")
    return value.rstrip("/")


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


def _seals_ticket_bodies(env: Mapping[str, str]) -> bool:
    form = env.get("TICKET_BODIES") or "plain"
    if form not in ("plain", "sealed"):
        raise ConfigError(f"TICKET_BODIES must be plain or sealed (found {form})")
    if form == "sealed" and not (env.get("FIELD_KEYS") or env.get("FIELD_KEYS_FILE")):
        raise ConfigError("TICKET_BODIES=sealed needs FIELD_KEYS or FIELD_KEYS_FILE")
    return form == "sealed"


def _zone(env: Mapping[str, str]) -> ZoneInfo:
    name = env.get("BUSINESS_ZONE") or "Asia/Shanghai"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"BUSINESS_ZONE is not a known time zone: {name}") from None


def number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number from the environment; raises ConfigError if it is none or out of bounds."""
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdecimal() and least <= int(value) <= most):
        raise ConfigError(f"{name} must be a number from {least} to {most} (found {value!r})")
    return int(value)


def _level(env: Mapping[str, str]) -> str:
    level = (env.get("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR (found {level})")
    return level
