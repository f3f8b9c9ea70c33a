"""Where the mailbox listens and keeps its mails."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.config import Config, ConfigError
from services.notify.mailbox.store import KEPT


@dataclass(frozen=True)
class Settings:
    """From the environment; everything has a default that suits one's own machine."""

    host: str
    smtp_port: int
    page_port: int
    directory: Path
    keep: int  # mails; older ones are forgotten
    answers_host: str
    answers_port: int
    sms_key: bytes = field(repr=False)  # without one no text is taken

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming a number that is none."""
        env = os.environ if environ is None else environ
        beside_blobs = Path(env.get("BLOB_DIR") or ".run/blobs").parent / "mailbox"
        return cls(
            host=env.get("MAILBOX_HOST") or "127.0.0.1",
            smtp_port=_port(env, "MAILBOX_SMTP_PORT", 1025),
            page_port=_port(env, "MAILBOX_PORT", 8082),
            directory=Path(env.get("MAILBOX_DIR") or beside_blobs),
            keep=_number(env, "MAILBOX_KEEP", KEPT),
            answers_host=env.get("SMTP_IN_HOST") or "127.0.0.1",
            answers_port=_port(env, "SMTP_IN_PORT", 2525),
            sms_key=Config.read(env).sms_key,
        )


def _number(env: Mapping[str, str], name: str, usual: int) -> int:
    text = env.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ConfigError(f"{name} must be a whole number above 0 (found {text!r})")
    return int(text)


def _port(env: Mapping[str, str], name: str, usual: int) -> int:
    text = env.get(name) or str(usual)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ConfigError(f"{name} must be a port (found {text!r})")
    return int(text)
