"""How tickets belong together: all of it in one, so that the ticket has one name for it."""

from services.ticketing.domain.family import FamilyTicket
from services.ticketing.domain.links import LinkedTicket
from services.ticketing.domain.merging import MergedTicket
from services.ticketing.domain.problems import ProblemTicket
from services.ticketing.domain.splitting import SplitTicket


class StructuredTicket(FamilyTicket, MergedTicket, SplitTicket, ProblemTicket, LinkedTicket):
    """A ticket as far as it is about other tickets."""
