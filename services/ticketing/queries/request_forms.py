"""Forms as requesters see them: those that they may fill in, and what stands in their own tickets.

What only staff fill in is in neither.
"""

from typing import Any

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.scope import requester_of
from services.ticketing.domain import checks
from services.ticketing.domain.forms import facts_of
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.templates.fields import is_empty
from services.ticketing.domain.templates.offering import requesters_choice
from services.ticketing.domain.vocabulary import INTERNAL, REQUEST_CHANNELS
from services.ticketing.queries.shapes import show_category
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.storage.template_versions import current_for_requesters, find_version

Json = dict[str, Any]


def list_forms(uow: UnitOfWork, actor: Actor, channel: str) -> Json:
    """What a request may begin with, in the templates' order: {items}.

    Employees get the templates for internal requests, customers the others.
    """
    requester_of(actor)
    is_internal = checks.one_of("channel", channel, REQUEST_CHANNELS) == INTERNAL
    found = current_for_requesters(uow.session)
    forms = [(one.for_requesters(), told, told_en) for one, told, told_en in found]
    tree = read_tree(uow.session)
    return {
        "items": [
            {
                **_named(form),
                "kind": form.kind,
                "description": told,
                "description_en": told_en,
                "fields": [one.as_json() for one in form.definition.fields],
                "requirements": form.definition.requirements_as_json(),
                "categories": [one.shown() for one in requesters_choice(form, tree)],
            }
            for form, told, told_en in forms
            if form is not None and (form.kind == INTERNAL) == is_internal
        ]
    }


def form_of(uow: UnitOfWork, ticket: Any) -> TemplateVersion | None:
    """The part of a ticket's form that is its requester's; None where there is none."""
    template = find_version(uow.session, ticket.template_version_id)
    return template and template.for_requesters()


def show_answers(form: TemplateVersion | None, ticket: Any) -> Json | None:
    """What stands in its requester's part of a ticket's form; None for nothing.

    Takes the row of a ticket. Values that are sealed are not among them: whoever reads those is
    asked for a right.
    """
    if form is None:
        return None
    shown = form.definition.visible(ticket.fields, facts_of(ticket))
    answers = [
        {"field": one.as_json(), "value": shown[one.key]}
        for one in form.definition.fields
        if one.key in shown and not is_empty(shown[one.key])
    ]
    return {"template": _named(form), "answers": answers} if answers else None


def show_category_of(form: TemplateVersion | None, ticket: Any) -> Json | None:
    """Where the ticket lies, if requesters choose that; the tree is staff's else."""
    return show_category(ticket) if form is not None and form.lets_requesters_choose else None


def _named(form: TemplateVersion) -> Json:
    return {"key": form.key, "name": {"zh": form.name_zh, "en": form.name_en}}
