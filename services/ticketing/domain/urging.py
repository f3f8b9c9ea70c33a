"""催单: the customer asks how it goes. Counted and shown; never a second ticket."""

import re
from collections.abc import Sequence
from datetime import timedelta

from libs.common.errors import Conflict, TooMany
from services.ticketing.domain.act import Act
from services.ticketing.domain.settings import Settings
from services.ticketing.domain.statuses import is_unfinished
from services.ticketing.domain.ticket_state import TicketState

PORTAL, STAFF, MESSAGE = "portal", "staff", "message"


class UrgedTicket(TicketState):
    """A ticket as far as its customer is waiting for it."""

    def urge(self, source: str, note: str | None, act: Act) -> None:
        """Count it; `source` says how it came: portal, staff (told by phone …) or message."""
        if not is_unfinished(self.status):
            raise Conflict("ticket.finished", "the ticket is solved or closed")
        self.urge_count += 1
        self.last_urged_at = act.now
        count = self.urge_count
        self._enter_event(act, "ticket.urged", source=source, urge_count=count, note=note)
        self._record(act, "ticket.urged", source=source, note=note)

    def urge_in_portal(self, note: str | None, hours: int, act: Act) -> None:
        """The same by the customer's own hand: once in so many hours."""
        if self.was_urged_within(hours, act) and is_unfinished(self.status):
            assert self.last_urged_at is not None
            wait = self.last_urged_at + timedelta(hours=hours) - act.now
            raise TooMany(
                "ticket.urged_lately",
                f"urged already: once in {hours} hours is enough, somebody is on it",
                {"retry_after": max(1, int(wait.total_seconds())), "hours": hours},
            )
        self.urge(PORTAL, note, act)

    def hear_urging(self, text: str, settings: Settings, act: Act) -> None:
        """A message that reads so counts as well, but one after another only once."""
        is_said = is_unfinished(self.status) and says_urging(text, settings.urge_words)
        if is_said and not self.was_urged_within(settings.urge_hours, act):
            self.urge(MESSAGE, None, act)

    def was_urged_within(self, hours: int, act: Act) -> bool:
        """Whether that was a moment ago, so that it says nothing new."""
        last = self.last_urged_at
        return last is not None and act.now < last + timedelta(hours=hours)


def says_urging(text: str, words: Sequence[str]) -> bool:
    """Whether a message asks to hurry; words of Latin letters count as whole words only."""
    lowered = text.lower()
    return any(_is_in(word.lower(), lowered) for word in words if word.strip())


def _is_in(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
