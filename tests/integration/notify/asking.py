"""Surveys of an installation whose address is known, and the solvings that begin them."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, EventSchema, dump_event, load_event
from libs.common.contracts.ticketing import (
    TicketRated,
    TicketReopened,
    TicketSolved,
)
from libs.common.ids import uuid7
from services.notify.domain.survey_links import make_token
from services.notify.queries import surveys as queries
from services.notify.service.events import Service
from services.notify.use_cases import send_surveys as sending
from services.notify.use_cases.answer_survey import SurveyDesk, answer_survey
from services.notify.use_cases.edit_survey_settings import edit_survey_settings
from tests.integration.notify.desk import Desk
from tests.unit.notify.facts import solved, ticket_facts

Facts = dict[str, Any]
SITE = "https://desk.example.com"
GROUP = uuid4()


class Asking:
    """Surveys of an installation whose address is known."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ordering = replace(desk.ordering, public_url=SITE)
        keys = desk.ordering.thread_keys
        self.survey_desk = SurveyDesk(desk.ordering.keys, keys, "潮汐客服")

    def hear(self, *events: Event) -> None:
        """As one batch, past the inbox: every repeat arrives."""
        service = Service()
        service.desk = self.ordering  # type: ignore[assignment]
        ratings = [one for one in events if one.type == TicketRated.type]
        others = [one for one in events if one.type != TicketRated.type]
        for method, batch in (
            (service.tell_of_tickets, others),
            (service.follow_surveys, others),
            (service.tell_of_ratings, ratings),
        ):
            if batch:
                self.desk.handle(partial(method, events=batch))

    def run(self, now: datetime | None = None) -> None:
        """The jobs, once each."""
        now = now or utc_now()
        sending.send_surveys(self.desk.database, self.ordering, now)
        self.desk.now = now
        self.desk.send()
        sending.note_sent_surveys(self.desk.database, self.desk.wait(hours=1))
        sending.expire_surveys(self.desk.database, now)

    def rows(self, ticket_id: UUID) -> list[Any]:
        query = "SELECT * FROM surveys WHERE ticket_id = :id ORDER BY solved_seq"
        with self.desk.database.engine.connect() as connection:
            return list(connection.execute(text(query), {"id": ticket_id}))

    def row(self, ticket_id: UUID) -> Any:
        (row,) = self.rows(ticket_id)
        return row

    def link(self, ticket_id: UUID) -> str:
        """The token of the ticket's newest survey."""
        survey_id = self.rows(ticket_id)[-1].survey_id
        return make_token(survey_id, self.desk.ordering.thread_keys[0])

    def answer(self, link: str, now: datetime | None = None, **given: Any) -> Facts:
        with self.desk.database.begin() as uow:
            at = now or utc_now()
            row, settings = answer_survey(uow, self.survey_desk, at, link=link, **given)
            shown = queries.show_page(row, settings, "潮汐客服", at)
            uow.commit()
            return shown

    def page(self, link: str, now: datetime | None = None, language: str | None = None) -> Facts:
        with self.desk.database.begin(read_only=True) as uow:
            return queries.get_survey(uow, self.survey_desk, now or utc_now(), link, language)

    def listed(self, who: Actor, **filters: Any) -> Facts:
        page = {name: filters.pop(name) for name in ("limit", "cursor") if name in filters}
        keys = self.survey_desk.keys
        with self.desk.database.begin(read_only=True) as uow:
            return queries.list_surveys(uow, who, keys, filters, **page)

    def set(self, **changes: Any) -> None:
        self.desk.handle(lambda uow: edit_survey_settings(uow, None, changes))

    def told(self, event_type: str) -> list[Facts]:
        """Data of the events of a type in the outbox."""
        with self.desk.database.engine.connect() as connection:
            rows = connection.execute(text("SELECT type, body FROM outbox ORDER BY outbox_id"))
            return [orjson.loads(body)["data"] for kind, body in rows if kind == event_type]


def event(schema: type[EventSchema], data: Facts) -> Event:
    return load_event(dump_event(schema, uuid7(), str(data["ticket_id"]), utc_now(), data))


def solution(**fields: Any) -> Event:
    """ticket.solved of a new ticket, unless the fields say of which."""
    given: Facts = {"status": "solved", "status_category": "solved", "occurred_at": utc_now()}
    return event(TicketSolved, solved(**given | fields))


def later(first: Event, seq: int, schema: type[EventSchema] = TicketSolved, **own: Any) -> Event:
    """Another event of the same ticket."""
    names = ("ticket_id", "number", "customer_id", "contact_id")
    same = {name: first.data[name] for name in names}
    if schema is TicketSolved:
        return solution(**same, seq=seq, **own)
    given: Facts = {"status": "in_progress", "status_category": "open", "seq": seq}
    if schema is TicketReopened:
        given |= {"cause": "customer", "reason": None}
    return event(schema, ticket_facts(**same | given | own))


def of_customer(customer: Facts, **fields: Any) -> Event:
    contact = customer["contacts"][0]["contact_id"]
    return solution(customer_id=customer["customer_id"], contact_id=contact, **fields)
