"""People say whether they are there; their consoles prove it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import Forbidden, NotFound
from tests.integration.dispatch.calling import agent, counting_statements, errors_of, refusal_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask


@pytest.fixture
def person(floor: Floor) -> UUID:
    return floor.person(floor.group(), name="李雷", state="offline")


@pytest.fixture
def li(person: UUID) -> Actor:
    return agent(person)


def test_whoever_comes_online_is_available(ask: Ask, li: Actor, floor: Floor):
    assert ask("get_own_presence", li)["reasons"] == ["offline"]
    answer = ask("set_own_presence", li, state="online")
    assert answer.pop("audit")["after"] == {"state": "online"}
    assert answer == ask("get_own_presence", li)
    since = answer.pop("since")
    assert since.endswith("Z")
    assert answer == {
        "state": "online",
        "is_available": True,
        "reasons": [],
        "load": 0,
        "capacity": 10,
        "active": 0,
        "grabbed": 0,
        "grab_quota": 5,
        "heartbeat_seconds": 120,
    }


def test_somebody_who_was_never_there_is_offline(ask: Ask, floor: Floor):
    person = floor.person(floor.group())
    floor.run("DELETE FROM presence")
    shown = ask("get_own_presence", agent(person))
    assert (shown["state"], shown["since"], shown["is_available"]) == ("offline", None, False)


@pytest.mark.parametrize("state", ["busy", "away", "offline"])
def test_in_other_states_nothing_new_comes(ask: Ask, li: Actor, floor: Floor, state: str):
    ask("set_own_presence", li, state="online")
    shown = ask("set_own_presence", li, state=state)
    assert (shown["is_available"], shown["reasons"]) == (False, [state])


def test_since_tells_the_last_change_and_not_the_last_word(ask: Ask, li: Actor, floor: Floor):
    first = ask("set_own_presence", li, state="online")["since"]
    floor.now += timedelta(seconds=30)
    assert ask("set_own_presence", li, state="online")["since"] == first
    assert ask("set_own_presence", li, state="busy")["since"] > first


def test_without_heartbeats_somebody_is_thought_to_be_gone(ask: Ask, li: Actor, floor: Floor):
    ask("set_own_presence", li, state="online")
    floor.now += timedelta(seconds=121)
    assert ask("get_own_presence", li)["reasons"] == ["no_heartbeat"]
    assert ask("heartbeat", li)["is_available"] is True
    assert ask("get_own_presence", li)["state"] == "online"


def test_a_heartbeat_brings_nobody_online(ask: Ask, li: Actor):
    assert ask("heartbeat", li)["state"] == "offline"
    ask("set_own_presence", li, state="away")
    assert ask("heartbeat", li)["reasons"] == ["away"]


def test_a_supervisors_word_is_no_heartbeat(ask: Ask, person: UUID, li: Actor, floor: Floor):
    floor.now += timedelta(minutes=5)
    shown = ask("set_presence", person_id=person, state="online")
    assert (shown["state"], shown["reasons"]) == ("online", ["no_heartbeat"])
    assert shown["audit"]["object"] == str(person)
    assert shown["audit"]["before"] == {"state": "offline"}
    ask("heartbeat", li)
    assert ask("get_own_presence", li)["is_available"] is True
    assert ask("set_presence", person_id=person, state="offline")["state"] == "offline"


def test_who_comes_online_or_back_to_life_gets_what_waits(
    ask: Ask, li: Actor, person: UUID, floor: Floor
):
    [group] = floor.scalar("SELECT group_ids FROM directory_people")
    floor.rule(group)
    first = floor.ticket()
    floor.work()
    ask("set_own_presence", li, state="online")
    floor.work()
    assert floor.holder(first) == person
    floor.now += timedelta(minutes=5)
    second = floor.ticket()
    floor.work()
    assert floor.holder(second) is None
    ask("heartbeat", li)
    floor.work()
    assert floor.holder(second) == person


def test_a_heartbeat_wakes_nobody_while_the_heart_beats(ask: Ask, li: Actor, floor: Floor):
    [group] = floor.scalar("SELECT group_ids FROM directory_people")
    floor.rule(group)
    floor.ticket()
    ask("set_own_presence", li, state="online")
    floor.run("DELETE FROM wakes")
    ask("heartbeat", li)
    assert floor.scalar("SELECT count(*) FROM wakes") == 0


def test_a_heartbeat_is_cheap(ask: Ask, li: Actor, database):
    ask("set_own_presence", li, state="online")
    with counting_statements(database) as seen:
        ask("heartbeat", li)
    assert sum("INSERT INTO presence" in one for one in seen) == 1
    assert len(seen) <= 6


def test_shift_leave_and_manual_assignment_are_reasons_too(ask: Ask, li: Actor, person: UUID):
    ask("set_own_presence", li, state="online")
    closed = {"name": "夜班", "zone": "Asia/Shanghai", "weekly": {"1": [["00:00", "00:01"]]}}
    shift = ask("create_shift", **closed)["shift_id"]
    changes = {"shift_id": shift, "is_automatic": False, "capacity": 0}
    ask("edit_agent", person_id=person, changes=changes)
    shown = ask("get_own_presence", li)
    assert shown["reasons"][-1] == "manual_only"
    assert shown["capacity"] == 0


@pytest.mark.parametrize("state", ["", "gone", None, 7, ["online"]])
def test_there_are_four_states(ask: Ask, li: Actor, state):
    assert "state" in errors_of(lambda: ask("set_own_presence", li, state=state))


def test_only_active_staff_is_present(ask: Ask, floor: Floor, person: UUID, li: Actor):
    stranger = agent(uuid4())
    for method in ("get_own_presence", "heartbeat"):
        assert isinstance(refusal_of(lambda: ask(method, stranger)), NotFound)  # noqa: B023
    floor.run("UPDATE directory_people SET is_active = false")
    assert isinstance(refusal_of(lambda: ask("set_own_presence", li, state="online")), NotFound)


def test_who_is_nobody_has_no_presence(ask: Ask):
    nobody = Actor(None, "网关", "gateway", permissions=frozenset({"presence.own"}))
    assert isinstance(refusal_of(lambda: ask("heartbeat", nobody)), Forbidden)
