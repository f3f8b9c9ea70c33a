"""Asks the rules about a ticket as the drain would, without giving anything to anybody."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from libs.common.conditions import facts_of
from libs.common.customers.finders import find_customers
from services.dispatch.domain.settings import CRITICAL, Settings


@dataclass(frozen=True)
class Asked:
    """A ticket, or a sample of one: what of it rules and choices look at."""

    header: dict[str, Any]
    tier: str | None = None
    language: str | None = None
    excluded: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def group_id(self) -> UUID | None:
        """The group that it is in already."""
        group_id: UUID | None = self.header.get("group_id")
        return group_id

    @property
    def is_critical(self) -> bool:
        """Whether it may exceed somebody's capacity."""
        return bool(self.header["urgency"] == CRITICAL)

    def facts(self, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
        """What conditions judge."""
        return facts_of(self.header, tier=self.tier, language=self.language, zone=zone, now=now)

    def weight(self, settings: Settings) -> int:
        """What it takes of somebody's capacity."""
        header = self.header
        return settings.weight_of(header["urgency"], header["channel"], header["status_category"])


def ask_about(
    session: Session, header: dict[str, Any], excluded: frozenset[UUID] = frozenset()
) -> Asked:
    """A ticket with what the copy knows of its customer."""
    customer_id = header["customer_id"]
    customer = find_customers(session, [customer_id]).get(customer_id) if customer_id else None
    if customer is None:
        return Asked(header, excluded=excluded)
    return Asked(header, customer.tier, customer.language, excluded)
