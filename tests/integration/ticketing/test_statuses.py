"""Own statuses in the database: made, chosen by every way, found, shown to customers, put away."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from libs.common.clock import utc_now
from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, NotFound, Stale
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.queries.ticket_pages import get_ticket
from services.ticketing.use_cases.run_triggers import run_triggers
from services.ticketing.use_cases.work_bulks import work_bulks
from tests.integration.ticketing.desk import ZONE, Ask, Desk, agent, created, requester
from tests.integration.ticketing.ruling import clear, edit, events_of, settle, tagged, trigger
from tests.integration.ticketing.test_templates import drafted, published
from tests.support.actors import actor

ADMIN = actor("administrator", "系统管理员")


def own(ask: Ask, base: str = "awaiting_customer", **values: Any) -> dict[str, Any]:
    """An own status under a name that no other test has."""
    name = f"待配件{uuid4().hex[:8]}"
    given = {"base": base, "label": {"zh": name, "en": f"Parts {name[-8:]}"}} | values
    made: dict[str, Any] = ask("create_status", actor=ADMIN, values=given)
    return made


def in_work(ask: Ask, **more: Any) -> dict[str, Any]:
    """A ticket that the supervisor works on."""
    ticket = created(ask, **more)
    boss = actor("supervisor", "王主管")
    number = ticket["number"]
    ask("assign_ticket", actor=boss, number=number, assignee_id=str(boss.subject),
        assignee_name=boss.name)  # fmt: skip
    done: dict[str, Any] = ask("accept_ticket", actor=boss, number=number)
    return done


def move(ask: Ask, ticket: dict[str, Any], status: str, **more: Any) -> dict[str, Any]:
    moved: dict[str, Any] = ask("change_status", number=ticket["number"], status=status, **more)
    return moved


def put_away(ask: Ask, status: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = ask(
        "edit_status",
        actor=ADMIN,
        key=status["key"],
        version=status["version"],
        changes={"is_archived": True},
    )
    return changed


def test_an_own_status_stands_behind_its_base_with_the_customers_text_of_it(ask: Ask) -> None:
    made = own(ask, color="amber", key=f"own_{uuid4().hex[:8]}")
    items = ask("list_statuses")["items"]
    keys = [one["key"] for one in items]
    base = items[keys.index("awaiting_customer")]
    assert keys.index(made["key"]) > keys.index("awaiting_customer")
    assert keys.index(made["key"]) < keys.index("follow_up")
    assert [one["position"] for one in items] == list(range(1, len(items) + 1))
    assert (made["category"], made["base"], made["is_own"]) == (
        *("pending", "awaiting_customer", True),
    )
    assert made["customer_text"] == base["customer_text"]
    nobody = {"value": 0, "is_exact": True}
    named = {"statuses": [made["key"]]}
    assert made["usage"] == {"tickets": nobody, "templates": [], "uses": [], "named": named}
    assert made["audit"]["after"]["color"] == "amber"


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"label": {"zh": "处理中"}}, "label.zh", "status.name_taken"),
        ({"label": {"zh": "某某", "en": "closed"}}, "label.en", "status.name_taken"),
        ({"base": "archived"}, "base", "field.invalid"),
        ({"key": "closed"}, "key", "field.invalid"),
    ],
)
def test_what_cannot_be_a_status_is_refused_naming_the_field(
    ask: Ask, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        own(ask, **values)
    assert list(refusal.value.details["errors"]) == [field]
    assert refusal.value.code == code


def test_only_administrators_change_statuses(ask: Ask) -> None:
    with pytest.raises(Forbidden):
        ask("create_status", actor=actor("supervisor", "王主管"), values={})
    with pytest.raises(NotFound):
        ask("get_status", key="own_nothing")


def test_a_shipped_status_is_renamed_and_never_put_away(ask: Ask) -> None:
    before = ask("get_status", key="awaiting_approval")
    edited = {"label": {"zh": "等待审批", "en": "Waiting for approval"}}
    try:
        after = ask("edit_status", actor=ADMIN, key="awaiting_approval", changes=edited,
                    version=before["version"])  # fmt: skip
        assert after["label"] == edited["label"]
        with pytest.raises(Stale):
            ask("edit_status", actor=ADMIN, key="awaiting_approval", changes=edited,
                version=before["version"])  # fmt: skip
        with pytest.raises(InvalidInput):
            put_away(ask, after)
    finally:
        changes = {"label": before["label"]}
        ask("edit_status", actor=ADMIN, key="awaiting_approval", changes=changes)


def test_people_put_statuses_in_another_order(ask: Ask) -> None:
    made = own(ask)
    keys = [one["key"] for one in ask("list_statuses")["items"]]
    turned = [made["key"], *(key for key in keys if key != made["key"])]
    shown = ask("order_statuses", actor=ADMIN, keys=turned)
    assert [one["key"] for one in shown["items"]] == turned
    ask("order_statuses", actor=ADMIN, keys=keys)
    with pytest.raises(InvalidInput):
        ask("order_statuses", actor=ADMIN, keys=keys[1:])


def test_a_ticket_is_moved_there_and_everybody_reads_its_base(ask: Ask, desk: Desk) -> None:
    status, ticket = own(ask), in_work(ask)
    assert status["key"] in ticket["allowed"]["moves"]
    moved = move(ask, ticket, status["key"], reason="等配件")
    assert (moved["status"], moved["status_category"], moved["own_status"]) == (
        *("awaiting_customer", "pending", status["key"]),
    )
    told = desk.events(ticket["ticket_id"])[-1]
    assert (told["type"], told["data"]["status"]) == ("ticket.status_changed", "awaiting_customer")
    assert told["data"]["own_status"] == told["data"]["to_own_status"] == status["key"]
    assert told["data"]["customer_text"] == status["customer_text"]
    entry = desk.show(ticket["number"])["timeline"]["items"][-1]
    assert entry["event"]["to_own_status"] == status["key"]
    # Work goes on by the base's moves, and the own status stays behind.
    back = move(ask, moved, "in_progress")
    assert (back["status"], back["own_status"]) == ("in_progress", None)
    assert "customer_text" not in desk.events(ticket["ticket_id"])[-1]["data"]


def test_it_is_set_by_answers_macros_bulk_work_and_triggers(ask: Ask, desk: Desk) -> None:
    status = own(ask)["key"]
    step = {"type": "set_status", "status": status}
    answered, by_macro, in_bulk, triggered = (in_work(ask) for _ in range(4))
    ask("reply", number=answered["number"], text="请等配件", status=status)
    macro = ask("create_macro", values={"name": "等配件", "actions": [step],
                                        "visibility": "shared"})  # fmt: skip
    ask("apply_macro", number=by_macro["number"], macro_id=macro["macro_id"], version=None)
    ask("create_bulk", numbers=[in_bulk["number"]], actions=[step])
    while work_bulks(desk.database, ZONE, utc_now()):
        pass
    tag = f"t{uuid4().hex[:8]}"
    trigger(ask, step, condition=tagged(tag))
    edit(ask, triggered, tags=[tag])
    settle(desk, triggered)
    clear(desk)
    for ticket in (answered, by_macro, in_bulk, triggered):
        shown = desk.show(ticket["number"])
        assert (shown["status"], shown["own_status"]) == ("awaiting_customer", status)


def test_a_repeated_event_sets_it_once(ask: Ask, desk: Desk) -> None:
    status, tag = own(ask)["key"], f"t{uuid4().hex[:8]}"
    ticket = in_work(ask)
    trigger(ask, {"type": "set_status", "status": status}, condition=tagged(tag))
    edit(ask, ticket, tags=[tag])
    heard = events_of(desk, ticket)
    for _ in range(2):
        with desk.database.begin() as uow:
            run_triggers(uow, heard, utc_now(), ZONE)
            uow.commit()
    clear(desk)
    moves = [one for one in desk.events(ticket["ticket_id"])
             if one["data"].get("to_own_status") == status]  # fmt: skip
    assert len(moves) == 1


def test_an_unknown_own_status_is_refused_when_a_rule_is_written(ask: Ask) -> None:
    step = {"type": "set_status", "status": "own_nothing"}
    with pytest.raises(InvalidInput) as refusal:
        ask("create_macro", values={"name": "无", "actions": [step], "visibility": "private"})
    assert list(refusal.value.details["errors"]) == ["actions[0].status"]
    with pytest.raises(InvalidInput):
        trigger(ask, step)


def test_lists_searches_and_views_find_it(ask: Ask, desk: Desk) -> None:
    status, ticket, other = own(ask), in_work(ask), in_work(ask)
    move(ask, ticket, status["key"])
    move(ask, other, "awaiting_customer")

    def numbers(**filters: Any) -> list[str]:
        page = ask("list_tickets", filters=filters, limit=100)["items"]
        return [one["number"] for one in page]

    assert numbers(status=status["key"]) == [ticket["number"]]
    by_base = numbers(status="awaiting_customer")
    assert {ticket["number"], other["number"]} <= set(by_base)
    assert set(numbers(status=[status["key"], "awaiting_customer"])) == set(by_base)
    [row] = desk.ask(list_tickets, desk.boss, {"status": status["key"]})["items"]
    assert row["own_status"] == status["key"]
    condition = {"field": "own_status", "op": "is", "value": status["key"]}
    view = ask("create_view", values={"name": "等配件", "condition": condition})
    assert numbers(saved_view=view["view_id"]) == [ticket["number"]]
    found = ask("search_tickets", q=f"status:{status['label']['zh']}")["items"]
    assert [one["number"] for one in found] == [ticket["number"]]


def test_customers_read_its_own_words(ask: Ask) -> None:
    words = {"zh": "正在等配件到货。", "en": "We are waiting for a part."}
    status, customer = own(ask, customer_text=words), requester()
    ticket = in_work(ask, customer_id=str(customer.subject), customer_name=customer.name)
    move(ask, ticket, status["key"])
    shown = ask("get_request", actor=customer, number=ticket["number"])
    assert shown["status"] == {"category": "pending", "text": words}
    [listed] = ask("list_requests", actor=customer)["items"]
    assert listed["status"]["text"] == words


def test_what_is_put_away_stays_on_tickets_and_is_chosen_no_more(ask: Ask) -> None:
    status, ticket, other = own(ask), in_work(ask), in_work(ask)
    moved = move(ask, ticket, status["key"])
    away = put_away(ask, status)
    assert away["usage"]["tickets"] == {"value": 1, "is_exact": True}
    assert ask("get_ticket", number=ticket["number"])["own_status"] == status["key"]
    with pytest.raises(Conflict) as refusal:
        move(ask, other, status["key"])
    assert refusal.value.code == "status.move_refused"
    assert status["key"] not in refusal.value.details["moves"]
    # Its name is free again, and whoever takes it back finds it taken.
    own(ask, label=status["label"])
    with pytest.raises(InvalidInput):
        ask("edit_status", actor=ADMIN, key=status["key"], changes={"is_archived": False})
    assert move(ask, moved, "in_progress")["own_status"] is None


def test_a_template_says_which_moves_there_are(ask: Ask) -> None:
    status = own(ask, "in_progress")["key"]
    rows = {"in_progress": [status], status: ["closed", "solved"], "follow_up": [status]}
    key = published(ask, statuses={"offers": None, "moves": rows})
    ticket = in_work(ask, template_key=key)
    assert ticket["allowed"]["moves"] == [status]
    assert "solve" not in ticket["allowed"]["actions"]
    with pytest.raises(Conflict) as refusal:
        ask("solve_ticket", number=ticket["number"], text="好了")
    assert refusal.value.code == "status.move_refused"
    with pytest.raises(Conflict) as refusal:
        ask("reply", number=ticket["number"], text="您好", status="awaiting_customer")
    assert refusal.value.details["moves"] == [status]
    moved = move(ask, ticket, status)
    assert moved["allowed"]["moves"] == ["closed"]
    assert ask("solve_ticket", number=ticket["number"], text="好了")["status"] == "solved"


@pytest.mark.parametrize("method", ["create_template", "edit_template", "import_templates"])
def test_a_template_whose_tickets_could_never_be_closed_is_refused(ask: Ask, method: str) -> None:
    draft = drafted(ask)
    statuses = {"offers": None, "moves": {"in_progress": ["awaiting_customer"],
                                          "awaiting_customer": ["in_progress"],
                                          "follow_up": ["in_progress"]}}  # fmt: skip
    values = {"name": draft["name"], "kind": "repair", "statuses": statuses}
    key = f"t{uuid4().hex[:12]}"
    document = {**ask("export_templates", keys=[]), "templates": [{"key": key, **values}]}
    given: dict[str, Any] = {
        "create_template": {"key": key, "values": values},
        "edit_template": {"key": draft["key"], "values": values},
        "import_templates": {"document": document},
    }[method]
    with pytest.raises(InvalidInput) as refusal:
        ask(method, **given)
    [(path, [message])] = refusal.value.details["errors"].items()
    assert path.endswith("statuses.moves")
    assert "in_progress" in message
    assert "awaiting_customer" in message


def test_a_status_that_a_template_needs_is_not_put_away(ask: Ask) -> None:
    status = own(ask, "in_progress")
    rows = {"in_progress": [status["key"]], status["key"]: ["closed"]}
    draft = drafted(ask, statuses={"offers": None, "moves": rows})
    assert draft["statuses"] == {"offers": None, "moves": rows}
    shown = ask("get_status", key=status["key"])
    assert [one["key"] for one in shown["usage"]["templates"]] == [draft["key"]]
    with pytest.raises(Conflict) as refusal:
        put_away(ask, status)
    assert (refusal.value.code, refusal.value.details) == (
        *("status.needed", {"templates": [draft["key"]]}),
    )
    ask("remove_template", key=draft["key"])
    assert put_away(ask, status)["is_archived"]


def test_a_template_cannot_speak_of_statuses_that_there_are_not(ask: Ask) -> None:
    with pytest.raises(InvalidInput) as refusal:
        drafted(ask, statuses={"moves": {"in_progress": ["closed", "own_nothing"]}})
    assert list(refusal.value.details["errors"]) == ["statuses.moves.in_progress[1]"]


def test_the_database_holds_own_status_and_base_together(ask: Ask, desk: Desk) -> None:
    status, ticket = own(ask), in_work(ask)
    move(ask, ticket, status["key"])
    where = {"id": ticket["ticket_id"], "key": status["key"]}
    with desk.database.engine.begin() as connection:
        # As an earlier release does, which knows no own statuses.
        connection.execute(
            text("UPDATE tickets SET status = 'in_progress' WHERE ticket_id = :id"), where
        )
    assert desk.scalar("SELECT own_status FROM tickets WHERE ticket_id = :id", **where) is None
    with pytest.raises(IntegrityError), desk.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE tickets SET own_status = :key WHERE ticket_id = :id"), where
        )


def test_whoever_only_reads_is_offered_no_moves(ask: Ask, desk: Desk) -> None:
    own(ask)
    ticket = in_work(ask)
    with pytest.raises(DeskError):
        desk.ask(get_ticket, agent(), ticket["number"])
    assert desk.show(ticket["number"])["allowed"]["moves"]


def test_events_tell_the_words_of_a_shipped_status_once_they_are_the_companys(
    ask: Ask, desk: Desk
) -> None:
    def told() -> Any:
        moved = move(ask, in_work(ask), "awaiting_customer")
        return desk.events(moved["ticket_id"])[-1]["data"].get("customer_text")

    assert desk.scalar("SELECT count(*) FROM statuses WHERE base = key AND is_reworded") == 0
    assert told() is None
    given = {"key": "awaiting_customer", "version": None}
    ask("edit_status", actor=ADMIN, **given, changes={"color": "amber"})
    assert told() is None
    words = {"zh": "请补充照片。", "en": "Send us a photo."}
    ask("edit_status", actor=ADMIN, **given, changes={"customer_text": words})
    assert told() == words
    # It is none of the company's own.
    assert own(ask)["key"] in _own_keys(ask)
    assert "awaiting_customer" not in _own_keys(ask)


def _own_keys(ask: Ask) -> list[str]:
    return [one["key"] for one in ask("list_statuses")["items"] if one["is_own"]]
