"""Alerts about access as notices of those who are to look at them."""

from typing import Any

from libs.common.actor import Actor
from services.notify import queries
from services.notify.domain.other_happenings import happening_of_alert
from tests.integration.notify.desk import Desk
from tests.support.actors import actor
from tests.unit.notify.facts import alert_facts


def shown(desk: Desk, person: Actor) -> list[dict[str, Any]]:
    with desk.database.begin(read_only=True) as uow:
        found = queries.list_notices(uow.session, person, unread=True, limit=20)
    return list(found["items"])


def test_an_alert_is_a_notice_without_a_ticket(desk: Desk) -> None:
    boss, other = actor("administrator"), actor("administrator")
    alert = alert_facts(recipients=[boss.subject, other.subject])
    for _ in range(2):
        desk.tell(happening_of_alert(alert))
    for person in (boss, other):
        (notice,) = shown(desk, person)
        assert notice["occasion"] == "security"
        assert notice["ticket_id"] is notice["ticket_number"] is None
        assert notice["facts"]["kind"] == "brute_force"
        assert notice["title"] == "疑似暴力破解登录密码"


def test_two_alerts_are_two_notices(desk: Desk) -> None:
    boss = actor("administrator")
    for kind in ("new_place", "rights_raised"):
        desk.tell(happening_of_alert(alert_facts(recipients=[boss.subject], kind=kind)))
    assert [one["facts"]["kind"] for one in shown(desk, boss)] == ["rights_raised", "new_place"]
