"""Working together on a ticket."""

from services.ticketing.service.collaboration_calls import CollaborationCalls
from services.ticketing.service.draft_calls import DraftCalls
from services.ticketing.service.effort_calls import EffortCalls
from services.ticketing.service.material_calls import MaterialCalls


class TogetherCalls(CollaborationCalls, EffortCalls, MaterialCalls, DraftCalls):
    """Collaborations, efforts, material and drafts."""
