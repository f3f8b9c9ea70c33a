"""The gateway's own variables of the environment, beside those of libs.common.config."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.config import number
from libs.common.web.certificate import Certificate


@dataclass(frozen=True)
class Settings:
    """Where and how wide the web listens.

    `proxies` counts the reverse proxies in front, whose X-Forwarded-* headers may be believed.
    With a `certificate` it speaks TLS itself. `streams`: of live updates, which need no thread.
    `attachment_mb`: the most that an uploaded file may have.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 32
    workers: int = 1
    proxies: int = 0
    certificate: Certificate | None = None
    streams: int = 200
    attachment_mb: int = 50

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        return cls(
            host=env.get("GATEWAY_HOST") or cls.host,
            port=number(env, "GATEWAY_PORT", cls.port, 1, 65535),
            threads=number(env, "GATEWAY_THREADS", cls.threads, 1, 500),
            workers=number(env, "GATEWAY_WORKERS", cls.workers, 1, 64),
            proxies=number(env, "GATEWAY_PROXIES", cls.proxies, 0, 5),
            certificate=Certificate.read(env, "GATEWAY_TLS_CERT", "GATEWAY_TLS_KEY"),
            streams=number(env, "GATEWAY_STREAMS", cls.streams, 1, 10_000),
            attachment_mb=number(env, "ATTACHMENT_MB", cls.attachment_mb, 1, 2_000),
        )
