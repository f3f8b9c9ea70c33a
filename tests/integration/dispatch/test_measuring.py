"""What operators and autoscaling are told of the waiting lists."""

from prometheus_client import REGISTRY

from libs.common.database.unit_of_work import Database
from services.dispatch.use_cases.sweep import measure_waiting
from tests.integration.dispatch.floor import Floor


def measured(database: Database, name: str) -> float:
    measure_waiting(database)
    found = REGISTRY.get_sample_value(f"tidedesk_{name}")
    assert found is not None
    return found


def test_a_ticket_is_undecided_until_its_group_is_looked_at(floor: Floor, database: Database):
    group = floor.group()
    floor.rule(group)
    floor.ticket()
    floor.run("UPDATE wakes SET woken_at = now() - interval '90 seconds'")
    assert measured(database, "undecided_tickets") == 1
    assert measured(database, "undecided_age_seconds") >= 90
    floor.drain()
    assert measured(database, "undecided_tickets") == 0
    assert measured(database, "undecided_age_seconds") == 0


def test_a_ticket_for_which_there_is_nobody_waits_but_is_decided(floor: Floor, database: Database):
    floor.rule(floor.group())
    floor.ticket()
    floor.drain()
    assert measured(database, "waiting_tickets") == 1
    assert measured(database, "undecided_tickets") == 0


def test_a_ticket_that_no_rule_wants_is_not_dispatchs_to_decide(floor: Floor, database: Database):
    floor.ticket()
    floor.drain()
    assert measured(database, "undecided_tickets") == 0
