"""Files that people put into a ticket's form: taken from their uploads, described where they are.

A field of files holds for each its id, name, type and size, so that it can be judged and shown.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.templates import Fault, TemplateVersion, refuse
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment
from services.ticketing.storage import attachment_rows

Values = Mapping[str, Any]


def claim_form_files(
    uow: UnitOfWork,
    actor: Actor,
    ticket_id: UUID,
    template: TemplateVersion | None,
    given: Any,
) -> tuple[Any, tuple[Attachment, ...]]:
    """The values with files described, and those that are the ticket's only now.

    Refuses files that are neither the ticket's nor this actor's uploads.
    """
    wanted = _wanted(template, given)
    if not wanted:
        return given, ()
    ids = {one for ids in wanted.values() for one in ids}
    there = attachment_rows.of_ticket(uow.session, ids, ticket_id)
    claimed = attachment_rows.claim(uow.session, ids - there.keys(), ticket_id, actor.subject)
    known = there | claimed
    _refuse_unknown(wanted, known)
    shown = {key: [known[one].as_shown() for one in ids] for key, ids in wanted.items()}
    return {**given, **shown}, tuple(claimed.values())


def keep_with_entry(uow: UnitOfWork, ticket: Ticket, files: tuple[Attachment, ...]) -> None:
    """The newest entry is where they came from; customers do not get them by it."""
    if files and ticket.entries:
        attachment_rows.attach_to_entry(uow.session, files, ticket.entries[-1].entry_id)


def _wanted(template: TemplateVersion | None, given: Any) -> dict[str, list[UUID]]:
    if template is None or not isinstance(given, Mapping):
        return {}
    own = template.definition.own_fields
    read = {
        key: _ids(value) for key, value in given.items() if key in own and own[key].type == "file"
    }
    # What is no list of ids is left to the field to refuse.
    return {key: ids for key, ids in read.items() if ids}


def _ids(value: Any) -> list[UUID]:
    if not isinstance(value, list):
        return []
    try:
        named = (one["attachment_id"] if isinstance(one, Mapping) else one for one in value)
        return list(dict.fromkeys(UUID(one) for one in named))
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _refuse_unknown(wanted: Mapping[str, Iterable[UUID]], known: Values | dict[UUID, Any]) -> None:
    missing = Fault("no_such_file", "is neither the ticket's nor among your uploads")
    refuse(
        {
            f"fields.{key}": missing
            for key, ids in wanted.items()
            if any(one not in known for one in ids)
        }
    )
