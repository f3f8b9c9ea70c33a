"""The settings of tickets as they are shown."""

from typing import Any

from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.settings import Settings
from services.ticketing.storage.ticket_settings import read_row, read_settings


def get_settings(uow: UnitOfWork) -> dict[str, Any]:
    """What holds now, with its version."""
    return show_settings(read_row(uow.session))


def get_demands(uow: UnitOfWork) -> dict[str, Any]:
    """What they want of those who work on tickets."""
    settings = read_settings(uow.session)
    return {
        "needs_confirmation": settings.needs_confirmation,
        "needs_transfer_note": settings.needs_transfer_note,
    }


def show_settings(row: Any) -> dict[str, Any]:
    """All of them, those with their defaults included."""
    return Settings.read(row.settings).as_json() | {"version": row.version}
