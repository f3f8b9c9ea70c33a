"""Tells people what rules want them told: the rules name roles, the directory's copy has names."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from libs.common.actions import Recipient, parse_recipients
from libs.common.contracts.envelope import Event
from libs.common.contracts.sla import StepReached
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.recipients import resolve_recipients
from libs.common.errors import InvalidInput
from services.notify.domain.due_notices import notices_of_finding, notices_of_step
from services.notify.domain.notices import NoticeOrder, notices_of_return
from services.notify.use_cases.notices import tell_people

_LEADS = [{"to": "group_leads"}]


def tell_of_rules(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """Steps of policies and abnormalities, for whom they are meant."""
    people = _People(uow.session)
    orders: list[NoticeOrder] = []
    for event in events:
        data = event.data
        found = people.find(data["recipients"], data.get("assignee_id"), data.get("group_id"))
        told = notices_of_step if event.type == StepReached.type else notices_of_finding
        orders.extend(told(data, found))
    tell_people(uow, now, orders)


def tell_of_returns(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """Returned tickets, for who had them and, where nobody confirmed, for who leads the group."""
    people = _People(uow.session)
    orders: list[NoticeOrder] = []
    for ticket in (event.data for event in events):
        is_timeout = ticket["cause"] == "accept_timeout"
        leads = people.find(_LEADS, None, ticket["group_id"]) if is_timeout else []
        orders.extend(notices_of_return(ticket, leads))
    tell_people(uow, now, orders)


class _People:
    """Finds recipients; those of the same rule and place once in a batch."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[bytes, UUID | None, UUID | None], list[UUID]] = {}

    def find(
        self, raw: Sequence[Any], assignee_id: UUID | None, group_id: UUID | None
    ) -> list[UUID]:
        """Active people, each once."""
        key = (orjson.dumps(raw), assignee_id, group_id)
        if key not in self._found:
            self._found[key] = resolve_recipients(
                self._session, _read(raw), assignee_id=assignee_id, group_id=group_id
            )
        return self._found[key]


def _read(raws: Iterable[Any]) -> list[Recipient]:
    """Those that this release knows; the others spoil nothing."""
    read: list[Recipient] = []
    for raw in raws:
        try:
            read.extend(parse_recipients([raw]))
        except InvalidInput:
            continue
    return read
