"""Confidential tickets: withheld from whoever may not read them, reported where they are read."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden
from libs.common.testing.databases import Databases
from services.ticketing.queries.request_pages import get_request
from tests.integration.ticketing.confiding import (
    CARD,
    DRAFTED,
    ROOM,
    SAID,
    SECRETS,
    begun,
    live,
)
from tests.integration.ticketing.desk import Ask, Desk, agent, requester
from tests.integration.ticketing.keyed import keyed_database


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    with keyed_database(databases, "withheld") as database:
        yield database


class TestWithheld:
    """Whoever may not read it is shown the ticket without its words, by every reader."""

    def test_the_ticket_and_its_timeline(
        self, ask: Ask, desk: Desk, secret: str, stranger: Actor
    ) -> None:
        number = begun(ask, secret)["number"]
        live(ask, desk, number)
        shown = ask("get_ticket", actor=stranger, number=number)
        assert (shown["is_withheld"], shown["withheld_reason"]) == (True, "permission")
        assert (shown["fields"], shown["solution"]) == ({"room": ROOM}, None)
        assert shown["number"] == number
        page = ask("list_timeline", actor=stranger, number=number)
        assert (page["is_withheld"], page["withheld_reason"]) == (True, "permission")
        assert page["items"] == shown["timeline"]["items"]
        for item in page["items"]:
            assert (item["text"], item["html"], item["attachments"]) == (None, None, [])
            assert item["is_withheld"]
            assert (item["event"] or {}).keys() <= {"type"}
        for answer in (shown, page):
            assert "confidential_read" not in answer
            assert not [words for words in SECRETS if words in str(answer)]

    def test_every_other_reader(
        self, ask: Ask, desk: Desk, secret: str, stranger: Actor, plain: str
    ) -> None:
        number = begun(ask, secret)["number"]
        ids = live(ask, desk, number)
        ask("save_draft", actor=stranger, number=number, kind="note", text=DRAFTED)
        asked: list[tuple[str, dict[str, Any]]] = [
            ("list_ticket_collaborations", {"number": number}),
            ("list_efforts", {"number": number}),
            ("list_materials", {"number": number}),
            ("list_identity_checks", {"number": number}),
            ("get_draft", {"number": number, "kind": "note"}),
            ("get_wording", {"number": number}),
            ("list_collaborations", {"side": "by_me"}),
            ("get_relations", {"number": number}),
            ("list_tickets", {"filters": {"q": number}}),
            ("try_canned_reply", {"number": number, "body": "{{fields.card}}"}),
            ("log_effort", {"number": number, "minutes": 5}),
            ("edit_ticket", {"number": number, "version": None, "changes": {"tags": ["a"]}}),
        ]
        for method, given in asked:
            answer = ask(method, actor=stranger, **given)
            told = [words for words in SECRETS if words in str(answer)]
            assert (method, told) == (method, [])
            assert "confidential_read" not in answer, method
        for method, given in (
            ("get_attachment", {"attachment_id": ids["file"]}),
            ("preview_ticket_template", {"number": number, "template_key": plain}),
        ):
            with pytest.raises(Forbidden) as refusal:
                ask(method, actor=stranger, **given)
            assert refusal.value.code == "ticket.withheld"
            assert refusal.value.details == {"reason": "permission"}

    def test_a_command_tells_no_more_than_reading(
        self, ask: Ask, secret: str, stranger: Actor
    ) -> None:
        number = begun(ask, secret)["number"]
        changed = ask(
            "edit_ticket", actor=stranger, number=number, version=None, changes={"tags": ["急"]}
        )
        assert (changed["is_withheld"], changed["fields"]) == (True, {"room": ROOM})
        assert ask("get_ticket", number=number)["fields"]["card"] == CARD

    def test_a_merged_ticket_in_a_plain_one(
        self, ask: Ask, secret: str, plain: str, stranger: Actor
    ) -> None:
        customer = str(uuid4())
        source = begun(ask, secret, customer_id=customer)["number"]
        target = begun(ask, plain, customer_id=customer, text="普通的话")["number"]
        merged = ask("merge_tickets", number=target, numbers=[source])
        assert merged["is_confidential"], "what the customer adds comes here from now on"
        given = {"number": target, "source": source}
        page = ask("list_merged_timeline", actor=stranger, **given)
        assert page["is_withheld"]
        assert SAID not in str(page)
        assert SAID in str(ask("list_merged_timeline", **given))

    def test_what_is_split_off(self, ask: Ask, secret: str, stranger: Actor) -> None:
        number = begun(ask, secret)["number"]
        [entry] = [
            item["entry_id"]
            for item in ask("get_ticket", number=number)["timeline"]["items"]
            if item["text"] == SAID
        ]
        new = ask("split_ticket", number=number, entry_ids=[entry], subject="另一件事")
        assert new["is_confidential"]
        shown = ask("get_ticket", actor=stranger, number=new["number"])
        assert SAID not in str(shown)

    def test_the_customers_own_view_is_whole(self, ask: Ask, desk: Desk, guarded: str) -> None:
        customer = requester()
        number = begun(ask, guarded, customer_id=str(customer.subject))["number"]
        page = desk.ask(get_request, customer, number)
        assert SAID in [item["text"] for item in page["timeline"]["items"]]


class TestReported:
    """Every answer that shows it says so; the gateway logs that before it hands it out."""

    def test_every_reader(self, ask: Ask, desk: Desk, secret: str, plain: str) -> None:
        number = begun(ask, secret)["number"]
        ids = live(ask, desk, number)
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("get_ticket", {"number": number}, "ticket"),
            ("list_timeline", {"number": number}, "timeline"),
            ("list_ticket_collaborations", {"number": number}, "collaborations"),
            ("list_efforts", {"number": number}, "efforts"),
            ("list_identity_checks", {"number": number}, "identity checks"),
            ("get_draft", {"number": number, "kind": "note"}, "draft"),
            ("get_attachment", {"attachment_id": ids["file"]}, "attachment"),
            ("try_canned_reply", {"number": number, "body": "{{fields.card}}"}, "text"),
            (
                "preview_ticket_template",
                {"number": number, "template_key": plain},
                "template change",
            ),
            ("edit_ticket", {"number": number, "version": None, "changes": {}}, "ticket"),
        ]
        for method, given, what in cases:
            told = ask(method, **given).get("confidential_read")
            assert (method, told) == (method, {"numbers": [number], "what": what})
        for method in ("get_wording", "get_relations"):
            assert "confidential_read" not in ask(method, number=number)

    def test_a_plain_ticket_is_not(self, ask: Ask, plain: str) -> None:
        number = begun(ask, plain)["number"]
        assert "confidential_read" not in ask("get_ticket", number=number)


def test_an_agent_of_the_group_reads_it(ask: Ask, desk: Desk, secret: str) -> None:
    li = agent("李雷")
    number = begun(ask, secret)["number"]
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    assert ask("get_ticket", actor=li, number=number)["fields"]["card"] == CARD
