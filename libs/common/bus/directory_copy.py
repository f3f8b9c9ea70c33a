"""Keeps a service's copy of the organisation; the base of its events class.

    class Service(DirectoryCopy):
        name = "ticketing"
        …

The tables come with `libs.common.directory.tables.create_directory_tables(op)` in a migration.
"""

from libs.common.bus.subscribe import subscribe
from libs.common.contracts.envelope import Event
from libs.common.contracts.gateway import (
    BrandChanged,
    DepartmentChanged,
    GroupChanged,
    PersonChanged,
    RegionChanged,
)
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.copying import keep_directory


class DirectoryCopy:
    """What every service does about people, groups, departments, regions and brands."""

    @subscribe(
        PersonChanged, GroupChanged, DepartmentChanged, RegionChanged, BrandChanged, batch=True
    )
    def copy_directory(self, uow: UnitOfWork, events: list[Event]) -> None:
        """The newest state of each thing is what the copy shows."""
        keep_directory(uow.session, events)
