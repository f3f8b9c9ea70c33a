"""Finds to whom an action gives a ticket, and what of settings and own statuses it goes by."""

from sqlalchemy.orm import Session

from libs.common.actions import ME, Assign, Recipient, SetStatus, Step, Transfer
from libs.common.actor import Actor
from services.ticketing.domain.ruled import Target
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.directory import find_candidates, find_colleague, find_team
from services.ticketing.storage.status_rows import own_statuses
from services.ticketing.storage.ticket_settings import read_settings

_CANDIDATES = {"group_lead": "group_leads"}


def find_own_target(session: Session, ticket: Ticket, step: Step, actor: Actor) -> Target:
    """The same for a step by hand, which may give it to whoever carries it out."""
    if isinstance(step, Assign) and step.to == ME and actor.subject is not None:
        colleague = find_colleague(session, actor.subject)
        return Target(person_id=actor.subject, name=actor.name, colleague=colleague)
    return find_target(session, ticket, step)


def find_target(session: Session, ticket: Ticket, action: Step) -> Target:
    """Nobody and no group where there is none, or the action gives the ticket to nobody."""
    if isinstance(action, Transfer):
        team = find_team(session, action.group_id)
        return Target(team=team, settings=read_settings(session))
    if isinstance(action, SetStatus):
        return Target(settings=read_settings(session), own=own_statuses(session))
    if not isinstance(action, Assign):
        return Target()
    wanted = Recipient(_CANDIDATES.get(action.to, action.to), action.person_id, action.key)
    candidates = find_candidates(session, wanted, ticket.group_id)
    if not candidates:
        return Target()
    # Several share: each ticket has its own first one, the same at every attempt.
    theirs = [one for one in candidates if one[0] == ticket.assignee_id]
    person_id, name = (theirs or candidates)[0 if theirs else ticket.number_order % len(candidates)]
    return Target(person_id=person_id, name=name, colleague=find_colleague(session, person_id))
