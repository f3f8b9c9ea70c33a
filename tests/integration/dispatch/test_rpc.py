"""The real processes at the broker: the organisation comes in, people are asked and told by RPC."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.config import Config
from libs.common.database.engine import open_engine
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.dispatch.calling import GATEWAY, agent, supervisor
from tests.support.directory import group, person
from tests.support.outside import Outside
from tests.support.tickets import Life

pytestmark = pytest.mark.services("dispatch")

BOSS = supervisor()
TEAM = group(name="售后一组")
TEAM_ID: UUID = TEAM.data["group_id"]


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, "dispatch", BOSS)
    processes.start("dispatch.rpc", "dispatch.events", "dispatch.jobs")
    with closing(made):
        made.tell(TEAM)
        eventually(lambda: made.ask("get_board")["groups"])
        yield made


@pytest.fixture
def li(outside: Outside) -> Actor:
    """Somebody of the team, of whom dispatch has heard."""
    who = agent(groups=[TEAM_ID])
    outside.tell(person(who.subject, name="李雷", group_ids=[TEAM_ID]))
    eventually(lambda: outside.ask("get_own_presence", who), trouble=(NotFound,))
    return who


def test_a_team_gets_rules_and_people_and_then_its_tickets(outside: Outside, li: Actor):
    rule = outside.command("create_rule", values={"name": "一切", "group_id": str(TEAM_ID)})
    assert rule["group"]["name"] == "售后一组"
    assert outside.command("set_own_presence", li, state="online")["is_available"] is True
    [shown] = outside.ask("get_board")["groups"]
    assert (shown["name"], shown["available"]) == ("售后一组", 1)
    life = Life()
    outside.tell(life.create())

    def explained() -> Any:
        return outside.ask("list_decisions", number=life.number)["items"]

    [decision] = eventually(explained, trouble=(NotFound,))
    assert decision["explanation"]["chosen"]["person_id"] == str(li.subject)
    assert outside.ask("heartbeat", li)["load"] == 1
    outside.command("set_own_presence", li, state="offline")


def test_a_sign_of_life_leaves_no_result_behind(
    outside: Outside, installation: dict[str, str], li: Actor
):
    url = Config.read(installation).database_url("dispatch")

    def results() -> int:
        with open_engine(url, application="test", pool_size=0).connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM commands")) or 0)

    outside.command("set_own_presence", li, state="online")
    before = results()
    assert before > 0
    assert outside.ask("heartbeat", li)["is_available"] is True
    assert results() == before
    outside.command("set_own_presence", li, state="offline")


def test_refusals_keep_their_kind_and_fields_on_the_way(outside: Outside, li: Actor):
    with pytest.raises(InvalidInput) as refusal:
        outside.command("create_rule", values={"name": "", "group_id": str(TEAM_ID)})
    assert "name" in refusal.value.details["errors"]
    outside.command("create_skill", key="loans", name="贷款")
    with pytest.raises(Conflict):
        outside.command("create_skill", key="loans", name="贷款")
    with pytest.raises(Forbidden):
        outside.ask("list_rules", li)
    with pytest.raises(NotFound):
        outside.ask("list_decisions", number="G1")
    settings = outside.ask("get_settings")
    with pytest.raises(Stale) as stale:
        outside.command("edit_settings", version=settings["version"] + 1, changes={})
    assert stale.value.details == {"version": settings["version"]}


def test_a_profile_is_set_once_though_the_process_dies_over_it(
    outside: Outside, processes: Processes, li: Actor
):
    processes.arm("after_command_before_reply", "dispatch.rpc")
    given = {"person_id": str(li.subject), "version": 0, "changes": {"capacity": 4}}
    shown = outside.command("edit_agent", command_id="profile-0001", **given)
    assert not processes.is_armed("after_command_before_reply", "dispatch.rpc")
    assert (shown["capacity"], shown["version"]) == (4, 1)
    assert outside.ask("get_agent", person_id=str(li.subject))["version"] == 1


def test_an_offer_is_grabbed_by_one_of_many(outside: Outside, li: Actor):
    for rule in outside.ask("list_rules")["items"]:
        outside.command("remove_rule", rule_id=rule["rule_id"])
    values = {"name": "抢单", "group_id": str(TEAM_ID), "mode": "grab"}
    assert outside.command("create_rule", values=values)["mode"] == "grab"
    life = Life(subject="洗衣机漏水")
    outside.tell(life.create())
    [offer] = eventually(lambda: outside.ask("list_pool", li)["items"])
    assert offer["subject"] == "洗衣机漏水"
    assert outside.command("grab_ticket", li, number=life.number)["state"] == "pending"
    with pytest.raises(Conflict):
        outside.command("grab_ticket", li, number=life.number)
    assert outside.ask("list_pool", li)["items"] == []


def test_the_gateway_reconciles(outside: Outside):
    life = Life()
    life.create()
    # As ticketing answers: JSON, with ids and instants as texts.
    sent = orjson.loads(orjson.dumps({**life.header, "occurred_at": life.now, "scope": {}}))
    answer = outside.command("reconcile_tickets", GATEWAY, items=[sent])
    assert answer == {"seen": 1, "changed": 1}
    assert outside.ask("list_decisions", number=life.number) is not None
