"""Intake's own variables of the environment, beside those of libs.common.config."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.config import number
from libs.common.web.certificate import Certificate


@dataclass(frozen=True)
class Settings:
    """Where the door and the SMTP listener listen.

    `proxies` counts the reverse proxies before the door whose X-Forwarded-* may be believed.
    With a `certificate` the door speaks TLS itself.
    """

    door_host: str = "127.0.0.1"
    door_port: int = 8081
    threads: int = 32
    workers: int = 1
    proxies: int = 0
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 2525
    smtp_connections: int = 50
    certificate: Certificate | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        return cls(
            door_host=env.get("DOOR_HOST") or cls.door_host,
            door_port=number(env, "DOOR_PORT", cls.door_port, 1, 65535),
            threads=number(env, "DOOR_THREADS", cls.threads, 2, 500),
            workers=number(env, "DOOR_WORKERS", cls.workers, 1, 64),
            proxies=number(env, "DOOR_PROXIES", cls.proxies, 0, 5),
            smtp_host=env.get("SMTP_IN_HOST") or cls.smtp_host,
            smtp_port=number(env, "SMTP_IN_PORT", cls.smtp_port, 1, 65535),
            smtp_connections=number(env, "SMTP_IN_CONNECTIONS", cls.smtp_connections, 1, 1000),
            certificate=Certificate.read(env, "DOOR_TLS_CERT", "DOOR_TLS_KEY"),
        )
