"""Reporting's own variables of the environment, beside those of libs.common.config."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.config import number


@dataclass(frozen=True)
class Settings:
    """`archive_months`: for how many months events are kept for a rebuild; 0: for ever."""

    archive_months: int = 0

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        return cls(archive_months=number(env, "REPORTING_ARCHIVE_MONTHS", 0, 0, 1200))
