"""Notify's own variables of the environment, beside those of libs.common.config."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.config import number

_MOST = 1_200


@dataclass(frozen=True)
class Settings:
    """`keep_months`: how many whole months of deliveries stay beside the current one;
    `webhook_months` the same of what webhooks were told. `public_url`: where browsers find the
    gateway, for the links in messages; without it they have none."""

    keep_months: int = 24
    webhook_months: int = 2
    public_url: str = ""

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        return cls(
            number(env, "NOTIFY_KEEP_MONTHS", cls.keep_months, 1, _MOST),
            number(env, "NOTIFY_WEBHOOK_MONTHS", cls.webhook_months, 1, _MOST),
            (env.get("GATEWAY_URL") or "").rstrip("/"),
        )
