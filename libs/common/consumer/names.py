"""What stands at the broker: Tidedesk's public side, and what a team makes for itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

REPLAY_STREAM = "tidedesk.replay"
EXCHANGES = (
    *("dispatch.events", "gateway.events", "intake.events", "kb.events"),
    *("notify.events", "sla.events", "ticketing.events"),
)


@dataclass(frozen=True)
class Names:
    """A consumer's own names; a team's user at the broker may use what begins with `<team>.`."""

    team: str
    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.team):
            raise ValueError(f"not a team's name: {self.team!r}")
        if not re.fullmatch(r"[a-z0-9_.-]+", self.name) or self.name.endswith(".dead"):
            raise ValueError(f"not a consumer's name: {self.name!r}")

    @property
    def queue(self) -> str:
        """Where live events wait."""
        return f"{self.team}.{self.name}"

    @property
    def dead(self) -> str:
        """Where events wait that the handler could not cope with."""
        return f"{self.queue}.dead"

    @property
    def exchange(self) -> str:
        """The team's own: it may not publish straight into queues, everybody's included."""
        return f"{self.team}.exchange"


def wants(patterns: Iterable[str], event_type: str) -> bool:
    """Whether a topic pattern fits: `*` is one word, `#` any number of words."""
    words = event_type.split(".")
    return any(_fits(pattern.split("."), words) for pattern in patterns)


def _fits(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_fits(pattern[1:], words[at:]) for at in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _fits(pattern[1:], words[1:])
