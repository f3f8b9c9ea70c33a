"""Copies the organisation; a group that is switched off or on again changes what rules give."""

from collections.abc import Sequence
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.contracts.gateway import GroupChanged
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.copying import keep_directory
from libs.common.directory.finders import find_groups
from services.dispatch.storage.wakes import rules_changed


def follow_directory(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """The newest state of each thing; what waits is matched anew if a group came or went."""
    ids = {event.data["group_id"] for event in events if event.type == GroupChanged.type}
    before = _switched_off(uow, ids)
    keep_directory(uow.session, events)
    if before != _switched_off(uow, ids):
        rules_changed(uow.session)


def _switched_off(uow: UnitOfWork, group_ids: set[UUID]) -> set[UUID]:
    groups = find_groups(uow.session, group_ids).values()
    return {group.group_id for group in groups if not group.is_active}
