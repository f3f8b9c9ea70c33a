"""Changed rules, drifted loads, missed events: dispatch finds back to what is so."""

import pytest

from libs.common.errors import InvalidInput
from libs.common.testing.eventually import eventually
from services.dispatch.use_cases.check_loads import check_loads
from services.dispatch.use_cases.follow_directory import follow_directory
from services.dispatch.use_cases.follow_tickets import reconcile_tickets
from services.dispatch.use_cases.match_again import match_again
from services.dispatch.use_cases.sweep import measure_waiting, sweep
from tests.integration.dispatch.floor import ZONE, Floor
from tests.support import directory


def reconcile(floor: Floor, *items):
    with floor.acting() as uow:
        return reconcile_tickets(uow, items, floor.now, ZONE)


def item(life):
    """A header as ticketing lists it, after the wire."""
    plain = {name: _plain(value) for name, value in life.header.items()}
    return {**plain, "occurred_at": life.now.isoformat(), "scope": {}}


def _plain(value):
    if isinstance(value, bool | int | list | dict | None):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def test_what_waits_is_matched_anew_when_rules_change(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    life = floor.ticket(kind="repair")
    assert floor.place(life).rule_id is None
    floor.rule(group, {"field": "kind", "op": "is", "value": "repair"})
    assert match_again(floor.database, floor.now, ZONE)
    assert not match_again(floor.database, floor.now, ZONE)
    floor.work()
    assert floor.holder(life) == person


def test_rules_of_a_group_that_is_switched_off_do_not_hold_and_what_waits_there_goes_elsewhere(
    floor: Floor,
):
    closed, other = floor.group("夜班"), floor.group("白班")
    person = floor.person(other)
    floor.rule(closed)
    floor.rule(other)
    life = floor.ticket()
    assert floor.place(life).group_id == closed
    switched_off = directory.group(closed, name="夜班", version=2, is_active=False)
    for _ in range(2):
        with floor.acting() as uow:
            follow_directory(uow, [switched_off])
    assert match_again(floor.database, floor.now, ZONE)
    assert not match_again(floor.database, floor.now, ZONE)
    floor.work()
    assert floor.holder(life) == person


def test_a_long_list_is_matched_anew_in_batches(floor: Floor):
    group = floor.group()
    lives = [floor.quiet_ticket() for _ in range(450)]
    floor.hear(*(life.create() for life in lives))
    floor.rule(group)
    batches = 0
    while match_again(floor.database, floor.now, ZONE):
        batches += 1
    assert batches == 3
    assert floor.scalar("SELECT count(*) FROM waiting WHERE group_id = :id", id=group) == 450


def test_time_alone_frees_people_and_the_sweep_finds_out(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    floor.rule(group)
    floor.run(
        "INSERT INTO leaves (leave_id, person_id, starts_at, ends_at) "
        "VALUES (gen_random_uuid(), :id, now() - interval '1 h', now() + interval '1 h')",
        id=person,
    )
    life = floor.ticket()
    floor.work()
    floor.pass_time(hours=2)
    floor.work()
    assert floor.holder(life) is None, "nobody has woken the group"
    sweep(floor.database)
    floor.work()
    assert floor.holder(life) == person
    measure_waiting(floor.database)


def test_the_sweep_wakes_a_group_once(floor: Floor):
    group, empty = floor.group(), floor.group()
    floor.rule(group)
    floor.rule(empty, {"field": "kind", "op": "is", "value": "repair"})
    floor.ticket()
    floor.drain()
    for _ in range(3):
        sweep(floor.database)
    assert [row.group_id for row in floor.rows("SELECT group_id FROM wakes")] == [group]


def test_loads_that_drifted_are_mended(floor: Floor):
    group = floor.group()
    person, other = floor.person(group), floor.person(group)
    floor.rule(group)
    floor.ticket()
    floor.work()
    assert check_loads(floor.database) == 0
    floor.run("UPDATE loads SET load = load + 7, active = 0")
    floor.run(
        "INSERT INTO loads (person_id, load) VALUES (:id, 3) ON CONFLICT DO NOTHING", id=other
    )
    floor.run(
        "INSERT INTO loads (person_id, load) VALUES (:id, 3) ON CONFLICT DO NOTHING", id=person
    )
    assert check_loads(floor.database) == 2
    assert sorted([floor.load(person), floor.load(other)]) == [(0, 0, 0), (1, 1, 0)]
    assert check_loads(floor.database) == 0


def test_a_load_that_is_missing_is_made(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    floor.rule(group)
    floor.ticket()
    floor.work()
    floor.run("DELETE FROM loads")
    assert check_loads(floor.database) == 1
    assert floor.load(person) == (1, 1, 0)


def test_the_reconciler_settles_what_was_never_told(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    floor.rule(group)
    unknown, moved, known = (floor.quiet_ticket() for _ in range(3))
    floor.hear(moved.create(), known.create())
    unknown.create()
    moved.assign(person)
    assert reconcile(floor, item(unknown), item(moved), item(known)) == {"seen": 3, "changed": 2}
    assert (floor.state(moved), floor.holder(moved)) == ("active", person)
    assert floor.place(unknown) is not None
    again = reconcile(floor, item(unknown), item(moved), item(known))
    assert again == {"seen": 3, "changed": 0}


def test_older_headers_do_not_undo_what_is_known(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    life = floor.ticket()
    old = item(life)
    floor.hear(life.assign(person))
    assert reconcile(floor, old)["changed"] == 0
    assert floor.holder(life) == person


def test_what_is_no_header_is_refused_by_its_place(floor: Floor):
    life = floor.quiet_ticket()
    life.create()
    with pytest.raises(InvalidInput) as refused:
        reconcile(floor, item(life), {"number": "G1"})
    assert "items[1]" in refused.value.details["errors"]


def test_a_rule_that_cannot_be_read_any_more_stops_nobody(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    floor.rule(group, {"field": "long.gone", "op": "is", "value": 1})
    floor.rule(group)
    life = floor.ticket()
    floor.work()
    assert eventually(lambda: floor.holder(life)) == person
