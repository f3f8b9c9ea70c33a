"""A ticket as far as words of its customer hint at an urgency: people decide, texts propose."""

from typing import Any

from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.handing import HandedTicket
from services.ticketing.domain.statuses import is_unfinished
from services.ticketing.domain.urgency_words import Proposal, is_higher


class HintedTicket(HandedTicket):
    """`urgency_proposal` is {urgency, words, at} until somebody has decided.

    Of a confidential ticket it quotes no words: they are its customer's.
    """

    def hear_hint(self, proposal: Proposal | None, act: Act) -> None:
        """A message hints at a higher urgency than the ticket has; what was proposed before and
        is not lower stays. The urgency itself does not change."""
        if proposal is None or not is_unfinished(self.status):
            return
        known = self.urgency_proposal["urgency"] if self.urgency_proposal else self.urgency
        if is_higher(proposal.urgency, known):
            self.urgency_proposal = {
                "urgency": proposal.urgency,
                "words": [] if self.is_confidential else list(proposal.words),
                "at": act.now.isoformat(),
            }

    def ignore_hint(self, act: Act) -> None:
        """忽略: the urgency stays as it is."""
        self._require_worker(act)
        proposal = self._proposed()
        self.urgency_proposal = None
        self.version += 1
        self._enter_event(act, "ticket.hint_ignored", proposed=proposal)
        self._record(act, "ticket.edited", changed=["urgency_proposal"])

    def _settle_hint(self) -> None:
        """Somebody has judged: what is not higher than that is no longer proposed."""
        proposal = self.urgency_proposal
        if proposal and not is_higher(proposal["urgency"], self.urgency):
            self.urgency_proposal = None

    def _proposed(self) -> dict[str, Any]:
        if self.urgency_proposal is None:
            raise Conflict("hint.none", "nothing is proposed, or somebody has decided already")
        return self.urgency_proposal
