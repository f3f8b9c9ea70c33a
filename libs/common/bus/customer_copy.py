"""Keeps a service's copy of the customers; a base of its events class.

    class Service(DirectoryCopy, CustomerCopy):
        name = "dispatch"
        …

The table comes with `libs.common.customers.tables.create_customer_table(op)` in a migration.
"""

from libs.common.bus.subscribe import subscribe
from libs.common.contracts.envelope import Event
from libs.common.contracts.intake import (
    CustomerContactAdded,
    CustomerContactVerified,
    CustomerEdited,
    CustomerRegistered,
)
from libs.common.customers.copying import keep_customers
from libs.common.database.unit_of_work import UnitOfWork


class CustomerCopy:
    """What a service does about customers of whom it needs tier, region and language."""

    @subscribe(
        CustomerRegistered,
        CustomerContactAdded,
        CustomerEdited,
        CustomerContactVerified,
        batch=True,
    )
    def copy_customers(self, uow: UnitOfWork, events: list[Event]) -> None:
        """The newest state of each customer is what the copy shows."""
        keep_customers(uow.session, events)
