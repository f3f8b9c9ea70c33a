"""A parent is closed with its open children, all of them or none, and not deleted before them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.common.clock import utc_now
from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, NotFound
from services.ticketing.use_cases import closing_families
from tests.integration.ticketing.desk import Ask, Desk, agent, created, types
from tests.integration.ticketing.hearing import colleague, row

Json = dict[str, Any]


def family(ask: Ask, *counts: int) -> list[list[Json]]:
    """Levels of tickets: one parent, and below the first of each level so many."""
    levels = [[created(ask)]]
    for count in counts:
        children = [created(ask) for _ in range(count)]
        for child in children:
            ask("attach_child", number=levels[-1][0]["number"], child=child["number"])
        levels.append(children)
    return levels


def close(ask: Ask, ticket: Json, **more: Any) -> Json:
    given = {"status": "closed", "reason": "全部完成", "with_children": True} | more
    closed: Json = ask("change_status", number=ticket["number"], **given)
    return closed


def refusal_of(ask: Ask, ticket: Json, **more: Any) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        close(ask, ticket, **more)
    return refusal.value


def person_id(desk: Desk) -> str:
    """Somebody of the directory."""
    return str(colleague(desk, "高工").data["person_id"])


def test_three_levels_are_closed_at_once_and_each_says_so_once(ask: Ask, desk: Desk) -> None:
    [parent], children, grandchildren = family(ask, 3, 2)
    page = desk.show(parent["number"])
    assert "closed" not in page["allowed"]["moves"]
    assert "closed" in page["allowed"]["moves_with_children"]
    closed = close(ask, parent, close_kind="invalid")
    assert (closed["status"], closed["open_children"]) == ("closed", 0)
    for one in (*children, *grandchildren):
        page = desk.show(one["number"])
        assert (page["status"], page["close_kind"]) == ("closed", "invalid")
        told = page["timeline"]["items"][-1]
        assert told["author"]["name"] == desk.boss.name
        assert told["event"]["reason"] == "全部完成"
        assert told["event"]["with_parent"] == parent["number"]
        assert types(desk.events(one["ticket_id"])).count("ticket.status_changed") == 1
        assert row(desk, one).open_children == 0
    assert types(desk.events(parent["ticket_id"]))[-1] == "ticket.status_changed"
    assert "ticket.children_finished" not in types(desk.events(parent["ticket_id"]))


def test_finished_children_are_left_as_they_are(ask: Ask, desk: Desk) -> None:
    [parent], (solved, still) = family(ask, 2)
    ask("solve_ticket", number=solved["number"], text="好了")
    before = desk.show(solved["number"])
    close(ask, parent)
    assert desk.show(solved["number"]) == before
    assert row(desk, still).status == "closed"


def test_one_that_cannot_close_keeps_all_open_and_every_reason_is_told(
    ask: Ask, desk: Desk
) -> None:
    [parent], (above, easy, supervised), [below] = family(ask, 3, 1)
    due_at = utc_now().replace(year=utc_now().year + 1).isoformat()
    ask("supervise_ticket", number=supervised["number"], due_at=due_at, every_hours=4)
    part = {"target_kind": "person", "target_id": person_id(desk), "duty": "查日志"}
    ask("start_collaboration", number=below["number"], parts=[part])
    before = {one["number"]: row(desk, one) for one in (parent, easy, supervised, above, below)}
    refusal = refusal_of(ask, parent)
    assert refusal.code == "family.not_closed"
    # What stands above the one below could be closed, if that were.
    named = {one["number"]: one["code"] for one in refusal.details["children"]}
    assert named == {
        supervised["number"]: "ticket.supervised",
        below["number"]: "ticket.collaboration_open",
    }
    assert refusal.details["hidden"] == 0
    for one in (parent, easy, supervised, above, below):
        assert row(desk, one) == before[one["number"]]


def test_of_what_one_may_not_see_only_the_count_is_told(ask: Ask, desk: Desk) -> None:
    li = agent()
    [parent], (mine, hidden) = family(ask, 2)
    for ticket, who in ((parent, li), (mine, li), (hidden, agent("韩梅梅"))):
        named = {"assignee_id": str(who.subject), "assignee_name": who.name}
        ask("assign_ticket", number=ticket["number"], **named)
    refusal = refusal_of(ask, parent, actor=li)
    assert refusal.details == {"children": [], "hidden": 1}
    assert hidden["number"] not in str(refusal)
    assert row(desk, mine).status != "closed"


def test_what_one_only_watches_is_not_closed_along(ask: Ask, desk: Desk) -> None:
    known = person_id(desk)
    li = agent("抄送人", watches=[known])
    [parent], [watched] = family(ask, 1)
    for ticket, who in ((parent, li), (watched, agent("韩梅梅"))):
        named = {"assignee_id": str(who.subject), "assignee_name": who.name}
        ask("assign_ticket", number=ticket["number"], **named)
    ask("change_copies", number=watched["number"], added=[{"kind": "person", "id": known}])
    [refused] = refusal_of(ask, parent, actor=li).details["children"]
    assert (refused["number"], refused["code"]) == (watched["number"], "ticket.watched_only")


def test_only_the_parents_own_worker_closes_it(ask: Ask) -> None:
    [parent], _ = family(ask, 1)
    stranger = agent("外人")
    assert isinstance(refusal_of(ask, parent, actor=stranger), NotFound | Forbidden)


def test_children_go_with_closing_alone(ask: Ask) -> None:
    [parent], _ = family(ask, 1)
    refusal = refusal_of(ask, parent, status="in_progress")
    assert isinstance(refusal, InvalidInput)
    assert list(refusal.details["errors"]) == ["with_children"]


def test_so_many_at_most_are_closed_together(
    ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_families, "MOST_CLOSED_TOGETHER", 2)
    [parent], children = family(ask, 3)
    assert refusal_of(ask, parent).code == "family.too_many_open"
    ask("solve_ticket", number=children[0]["number"], text="好了")
    assert close(ask, parent)["status"] == "closed"


def test_a_grandparent_hears_of_it(ask: Ask, desk: Desk) -> None:
    [grand], [parent], _ = family(ask, 1, 2)
    close(ask, parent)
    assert row(desk, grand).open_children == 0
    assert types(desk.events(grand["ticket_id"]))[-1] == "ticket.children_finished"


def test_whoever_closes_and_whoever_attaches_do_not_miss_one_another(ask: Ask, desk: Desk) -> None:
    for _ in range(5):
        [parent], children = family(ask, 2)
        late = created(ask)
        with ThreadPoolExecutor(3) as pool:
            closing = pool.submit(close, ask, parent)
            pool.submit(ask, "solve_ticket", number=children[0]["number"], text="好了").exception()
            attaching = pool.submit(
                ask, "attach_child", number=parent["number"], child=late["number"]
            )
            errors = [closing.exception(), attaching.exception()]
        assert all(one is None or isinstance(one, Conflict) for one in errors), errors
        now = row(desk, parent)
        if now.status == "closed":
            assert now.open_children == 0
            statuses = {row(desk, one).status for one in children}
            assert statuses <= {"closed", "solved"}
            is_below = row(desk, late).parent_id is not None
            assert row(desk, late).status == ("closed" if is_below else "unassigned")


def test_a_parent_is_not_deleted_before_its_children(ask: Ask, desk: Desk) -> None:
    [parent], (first, second) = family(ask, 2)
    with pytest.raises(Conflict) as refusal:
        ask("delete_ticket", number=parent["number"], reason="误开")
    assert refusal.value.code == "ticket.children_left"
    assert refusal.value.details == {
        "open_children": 2,
        "children": [{"number": one["number"]} for one in (first, second)],
        "hidden": 0,
    }
    ask("detach_child", number=parent["number"], child=first["number"])
    ask("solve_ticket", number=second["number"], text="好了")
    assert ask("delete_ticket", number=parent["number"], reason="误开")["deleted_at"]
