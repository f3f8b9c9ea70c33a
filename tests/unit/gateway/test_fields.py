"""What the schemas refuse."""

from typing import Any
from uuid import uuid4

import pytest
from marshmallow import Schema, ValidationError

from gateway.parsing import flatten
from gateway.schemas.customer import CustomerQuery, NewCustomer
from gateway.schemas.entry import NewReply
from gateway.schemas.pieces import MAX_TEXT
from gateway.schemas.session import Login
from gateway.schemas.ticket_work import Assignment, NewTicket, TicketChanges, TicketQuery

CUSTOMER = str(uuid4())
TICKET = {"customer_id": CUSTOMER, "subject": "漏水", "text": "水管漏水"}


def wrong(schema: type[Schema], body: dict[str, Any]) -> set[str]:
    """Names of the refused fields."""
    try:
        schema().load(body)
    except ValidationError as error:
        return set(flatten(error.messages))
    return set()


def test_a_ticket_gets_its_defaults() -> None:
    ticket = NewTicket().load(TICKET)
    # How urgent it is may be its category's to say.
    assert ("urgency" in ticket, ticket["channel"]) == (False, "manual")
    assert (ticket["fields"], ticket["attachment_ids"]) == ({}, [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_id": "7"}, "customer_id"),
        ({"subject": "   "}, "subject"),
        ({"subject": "两\n行"}, "subject"),
        ({"subject": "长" * 201}, "subject"),
        ({"subject": 7}, "subject"),
        ({"text": " \n "}, "text"),
        ({"text": "长" * (MAX_TEXT + 1)}, "text"),
        ({"text": "\0"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"kind": "joke"}, "kind"),
        ({"urgency": "later"}, "urgency"),
        ({"channel": "mail"}, "channel"),
        ({"fields": {"a": "\0"}}, "fields"),
        ({"fields": {"": 1}}, "fields..key"),
        ({"fields": {"a": [[[[[[[[["deep"]]]]]]]]]}}, "fields"),
        ({"fields": []}, "fields"),
        ({"attachment_ids": ["x"]}, "attachment_ids.0"),
        ({"attachment_ids": [CUSTOMER] * 21}, "attachment_ids"),
        ({"status": "closed"}, "status"),
    ],
)
def test_a_wrong_ticket_is_refused_by_the_fields_name(change: dict[str, Any], field: str) -> None:
    assert wrong(NewTicket, {**TICKET, **change}) == {field}


def test_all_wrong_fields_are_named_at_once() -> None:
    assert wrong(NewTicket, {"color": "red"}) == {"customer_id", "subject", "text", "color"}


def test_a_change_must_change_something() -> None:
    assert wrong(TicketChanges, {}) == {"body"}
    assert wrong(TicketChanges, {"tags": []}) == set()


def test_text_of_a_reply_keeps_its_blanks() -> None:
    assert NewReply().load({"text": "  一\n二  "})["text"] == "  一\n二  "


@pytest.mark.parametrize("who", ["me", CUSTOMER, CUSTOMER.upper()])
def test_a_ticket_is_given_to_me_or_to_an_id(who: str) -> None:
    assert Assignment().load({"assignee_id": who})["assignee_id"] == who.lower()


@pytest.mark.parametrize("who", ["", "none", "you", "7", None, ["me"], {"me": 1}])
def test_a_ticket_is_given_to_nobody_else(who: object) -> None:
    assert wrong(Assignment, {"assignee_id": who}) == {"assignee_id"}


def test_lists_of_names_are_split_at_commas() -> None:
    wanted = TicketQuery().load({"status": "assigned, in_progress", "assignee": "none"})
    assert wanted["status"] == ["assigned", "in_progress"]
    assert (wanted["sort"], wanted["limit"]) == ("-updated_at", 25)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"sort": "color"}, "sort"),
        ({"view": "theirs"}, "view"),
        ({"status": "a,,b"}, "status"),
        ({"assignee": "you"}, "assignee"),
        ({"customer_id": "7"}, "customer_id"),
        ({"created_from": "yesterday"}, "created_from"),
        ({"created_to": "2023-10-01T00:00:00"}, "created_to"),
        ({"q": "\0"}, "q"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_filter_is_refused_by_its_name(query: dict[str, str], field: str) -> None:
    assert wrong(TicketQuery, query) == {field}


def test_customers_are_found_by_exactly_one_thing() -> None:
    everything = {"email", "phone", "q"}
    assert wrong(CustomerQuery, {}) == everything
    assert wrong(CustomerQuery, {"email": "a@b.cn", "q": "王"}) == everything
    assert wrong(CustomerQuery, {"phone": "13800138000"}) == set()


def test_a_customer_whom_nobody_can_reach_is_refused() -> None:
    assert wrong(NewCustomer, {"name": "客户"}) == {"email", "phone"}
    assert wrong(NewCustomer, {"name": "客户", "email": "no address"}) == {"email"}
    assert wrong(NewCustomer, {"name": "客户", "phone": "13800138000"}) == set()


def test_a_password_is_taken_as_it_is() -> None:
    login = Login().load({"login": " CS001 ", "password": " blank "})
    assert login == {"login": "CS001", "password": " blank "}
    assert wrong(Login, {"login": "CS001", "password": "x" * 257}) == {"password"}
