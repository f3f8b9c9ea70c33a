"""Changes what an installation has decided about its tickets."""

from collections.abc import Mapping
from typing import Any

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Stale
from services.ticketing.domain.settings import Settings
from services.ticketing.storage.ticket_settings import SettingsRow, lock_row, write_settings


def edit_settings(
    uow: UnitOfWork, version: int | None, changes: Mapping[str, Any]
) -> tuple[SettingsRow, SettingsRow]:
    """The rows before and after; what is not named stays."""
    before = lock_row(uow.session)
    if version is not None and version != before.version:
        message = "somebody changed the settings in the meantime"
        raise Stale("version.stale", message, {"version": before.version})
    settings = Settings.read(before.settings)
    changed = settings.changed(changes)
    return before, before if changed == settings else write_settings(uow.session, changed)
