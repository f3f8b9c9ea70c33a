"""Notify's own variables of the environment, beside those of libs.common.config."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.config import ConfigError

_MOST = 1_200


@dataclass(frozen=True)
class Settings:
    """`keep_months`: how many whole months of deliveries stay beside the current one."""

    keep_months: int = 24

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        text = env.get("NOTIFY_KEEP_MONTHS") or str(cls.keep_months)
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
            raise ConfigError(
                f"NOTIFY_KEEP_MONTHS must be a number from 1 to {_MOST} (found {text!r})"
            )
        return cls(int(text))
