"""The gateway's own variables of the environment, beside those of libs.common.config."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.config import ConfigError


@dataclass(frozen=True)
class Settings:
    """Where and how wide the web listens.

    `proxies` counts the reverse proxies in front, whose X-Forwarded-* headers may be believed.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 32
    workers: int = 1
    proxies: int = 0

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        return cls(
            host=env.get("GATEWAY_HOST") or cls.host,
            port=_number(env, "GATEWAY_PORT", cls.port, 1, 65535),
            threads=_number(env, "GATEWAY_THREADS", cls.threads, 1, 500),
            workers=_number(env, "GATEWAY_WORKERS", cls.workers, 1, 64),
            proxies=_number(env, "GATEWAY_PROXIES", cls.proxies, 0, 5),
        )


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise ConfigError(f"{name} must be a number from {least} to {most} (found {value!r})")
    return int(value)
