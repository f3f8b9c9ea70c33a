"""A ticket that comes in gets somebody, by the rules, without a hand on it."""

import json
from datetime import timedelta

from tests.integration.dispatch.floor import ZONE, Floor


def test_a_new_ticket_is_proposed_to_somebody_of_the_rules_group(floor: Floor):
    group = floor.group("售后")
    person = floor.person(group, name="李雷")
    floor.rule(group, {"field": "kind", "op": "is", "value": "complaint"}, name="投诉")
    life = floor.ticket(kind="complaint")
    floor.drain()
    [proposal] = floor.told("assignment.proposed")
    assert proposal["assignee_id"] == str(person)
    assert proposal["assignee_name"] == "李雷"
    assert proposal["group_id"] == str(group)
    assert (proposal["epoch"], proposal["mode"]) == (0, "automatic")
    assert floor.state(life) == "proposed"
    assert floor.load(person) == (1, 1, 0)
    assert floor.place(life) is None


def test_what_ticketing_carries_out_becomes_an_assignment(floor: Floor):
    group = floor.group()
    person = floor.person(group)
    floor.rule(group)
    life = floor.ticket()
    floor.work()
    assert floor.state(life) == "active"
    assert floor.holder(life) == person
    assert floor.load(person) == (1, 1, 0)
    assert floor.scalar("SELECT epoch FROM assignments") == life.epoch == 1


def test_the_decision_says_which_rules_were_tried_and_who_came_into_question(floor: Floor):
    group = floor.group("售后")
    chosen, other = floor.person(group, name="李雷"), floor.person(group, name="韩梅")
    away = floor.person(group, name="王芳", state="away")
    floor.ticket(kind="repair")
    floor.rule(group, {"field": "kind", "op": "is", "value": "repair"}, name="报修")
    floor.rule(group, name="其余")
    busy = floor.ticket()
    floor.hear(busy.assign(other))
    life = floor.ticket(kind="inquiry")
    floor.drain()
    [decision] = floor.decisions(life)
    assert (decision.outcome, decision.mode) == ("assigned", "automatic")
    why = decision.explanation
    assert [(rule["name"], rule["holds"]) for rule in why["rules"]] == [
        ("报修", False),
        ("其余", True),
    ]
    assert why["rules"][0]["why"][0]["actual"] == "inquiry"
    assert (why["group_name"], why["strategy"]) == ("售后", "least_loaded")
    assert why["chosen"] == {"person_id": str(chosen), "name": "李雷"}
    assert [one["name"] for one in why["candidates"]] == ["李雷", "韩梅"]
    assert why["skipped"] == [{"person_id": str(away), "name": "王芳", "reason": "away"}]
    assert why["skipped_counts"] == {"away": 1}


def test_what_no_rule_wants_waits_for_a_person_and_says_so(floor: Floor):
    group = floor.group()
    floor.person(group)
    floor.rule(group, {"field": "kind", "op": "is", "value": "complaint"})
    life = floor.ticket(kind="repair")
    floor.sweep()
    floor.drain()
    assert floor.holder(life) is None
    assert floor.place(life).rule_id is None
    [decision] = floor.decisions(life)
    assert decision.outcome == "unmatched"
    assert decision.explanation["rules"][0]["holds"] is False


def test_critical_tickets_go_first_and_may_exceed_capacity(floor: Floor):
    group = floor.group()
    person = floor.person(group, capacity=2)
    floor.rule(group)
    older = floor.ticket(created_at=floor.now - timedelta(hours=1))
    pressing = floor.ticket(urgency="critical")
    floor.drain()
    assert floor.holder(pressing) == person
    assert floor.holder(older) is None
    assert floor.load(person) == (3, 1, 0)
    assert floor.scalar("SELECT is_urgent FROM outbox WHERE type = 'assignment.proposed'")


def test_nobody_is_loaded_beyond_their_capacity(floor: Floor):
    group = floor.group()
    people = [floor.person(group, capacity=3) for _ in range(3)]
    floor.rule(group)
    lives = [floor.ticket() for _ in range(12)]
    floor.work()
    assert [floor.load(one)[0] for one in people] == [3, 3, 3]
    assert sum(floor.place(life) is not None for life in lives) == 3


def test_freed_capacity_goes_to_what_has_waited_longest(floor: Floor):
    group = floor.group()
    floor.person(group, capacity=1)
    floor.rule(group)
    first, second, third = (
        floor.ticket(created_at=floor.now + timedelta(seconds=n)) for n in range(3)
    )
    floor.work()
    assert floor.holder(first)
    floor.hear(first.solve())
    floor.work()
    assert floor.holder(second)
    assert floor.holder(third) is None


def test_what_rests_takes_no_capacity_until_it_goes_on(floor: Floor):
    group = floor.group()
    person = floor.person(group, capacity=1)
    floor.rule(group)
    life, next_one = floor.ticket(), floor.ticket()
    floor.work()
    assert floor.holder(life) == person
    floor.hear(life.wait_for_customer())
    floor.work()
    assert floor.holder(next_one) == person
    floor.hear(life.go_on())
    assert floor.load(person) == (2, 2, 0)


def test_who_comes_online_gets_what_waits(floor: Floor):
    group = floor.group()
    person = floor.person(group, state="offline")
    floor.rule(group)
    life = floor.ticket()
    floor.work()
    [decision] = floor.decisions(life)
    assert decision.outcome == "waiting"
    assert decision.explanation["skipped_counts"] == {"offline": 1}
    floor.set_presence(person, "online")
    floor.work()
    assert floor.holder(life) == person


def test_a_silent_browser_gets_nothing(floor: Floor):
    group = floor.group()
    floor.person(group)
    floor.rule(group)
    floor.now += timedelta(seconds=121)
    life = floor.ticket()
    floor.drain()
    assert floor.holder(life) is None
    assert floor.decisions(life)[0].explanation["skipped_counts"] == {"no_heartbeat": 1}


def test_shifts_and_leave_are_kept(floor: Floor):
    group = floor.group()
    shift = floor.scalar("SELECT gen_random_uuid()")
    today = floor.now.astimezone(ZONE).isoweekday()
    weekly = {str((today + 2) % 7 + 1): [["09:00", "18:00"]]}
    floor.run(
        "INSERT INTO shifts (shift_id, name, zone, weekly) "
        "VALUES (:id, '无', 'Asia/Shanghai', CAST(:weekly AS jsonb))",
        id=shift,
        weekly=json.dumps(weekly),
    )
    floor.person(group, shift_id=shift)
    gone = floor.person(group)
    floor.run(
        "INSERT INTO leaves (leave_id, person_id, starts_at, ends_at) "
        "VALUES (gen_random_uuid(), :id, now() - interval '1 h', now() + interval '1 h')",
        id=gone,
    )
    floor.person(group, is_automatic=False)
    floor.rule(group)
    life = floor.ticket()
    floor.drain()
    counts = floor.decisions(life)[0].explanation["skipped_counts"]
    assert counts == {"off_shift": 1, "on_leave": 1, "manual_only": 1}


def test_when_all_are_full_another_group_helps_out(floor: Floor):
    group, helpers = floor.group("一线"), floor.group("二线")
    floor.person(group, capacity=0)
    helper = floor.person(helpers)
    floor.rule(group, overflow_group_ids=[helpers])
    life = floor.ticket()
    floor.work()
    assert floor.holder(life) == helper
    assert life.header["group_id"] == helpers
    explanation = floor.decisions(life)[0].explanation
    assert explanation["overflow_from"] == str(group)
    assert explanation["group_id"] == str(helpers)


def test_what_overflowed_and_came_back_is_not_left_alone(floor: Floor):
    group, helpers = floor.group("一线"), floor.group("二线")
    floor.person(group, capacity=0)
    helper, other = floor.person(helpers), floor.person(helpers)
    floor.rule(group, overflow_group_ids=[helpers])
    life = floor.ticket()
    floor.work()
    first = floor.holder(life)
    floor.hear(life.give_back())
    floor.work()
    assert {first, floor.holder(life)} == {helper, other}


def test_a_customer_gets_whom_they_know(floor: Floor):
    group = floor.group()
    known = floor.person(group, capacity=4)
    for _ in range(3):
        floor.person(group, capacity=100)
    floor.rule(group, is_sticky=True)
    customer = floor.customer()
    before = floor.quiet_ticket(customer_id=customer)
    floor.hear(before.create(), before.assign(known))
    again = floor.ticket(customer_id=customer)
    floor.drain()
    assert floor.holder(again) == known


def test_a_customer_is_answered_in_their_language(floor: Floor):
    group = floor.group()
    floor.person(group, languages=["zh"])
    english = floor.person(group, languages=["zh", "en"], capacity=100)
    floor.rule(group, matches_language=True)
    lives = [floor.ticket(customer_id=floor.customer(language="en")) for _ in range(3)]
    floor.drain()
    assert {floor.holder(life) for life in lives} == {english}


def test_a_vip_goes_to_who_is_qualified_and_senior(floor: Floor):
    group, loans = floor.group(), floor.skill("loans")
    floor.person(group, seniority=5)
    floor.person(group, seniority=1, skills={loans: 3})
    wanted = floor.person(group, seniority=4, skills={loans: 3})
    floor.person(group, seniority=5, skills={loans: 2})
    floor.rule(
        group,
        {"field": "tier", "op": "is", "value": "vip"},
        strategy="senior_first",
        required_skills={loans: 3},
    )
    life = floor.ticket(customer_id=floor.customer("vip"))
    floor.drain()
    assert floor.holder(life) == wanted
    assert floor.decisions(life)[0].explanation["skipped_counts"] == {"lacks_skill": 2}


def test_a_transferred_ticket_takes_only_rules_of_its_group(floor: Floor):
    group, other = floor.group(), floor.group()
    person, colleague = floor.person(group), floor.person(other)
    floor.rule(group)
    floor.rule(other)
    life = floor.ticket()
    floor.work()
    assert floor.holder(life) == person
    floor.hear(life.transfer(other))
    floor.work()
    assert floor.holder(life) == colleague
    assert floor.load(person) == (0, 0, 0)


def test_a_ticket_raised_while_it_waits_overtakes(floor: Floor):
    group = floor.group()
    person = floor.person(group, state="away", capacity=2)
    floor.rule(group)
    older, newer = floor.ticket(), floor.ticket(created_at=floor.now + timedelta(seconds=5))
    floor.hear(newer.edit(urgency="urgent"))
    floor.set_presence(person, "online")
    floor.drain()
    assert floor.holder(newer) == person
    assert floor.holder(older) is None


def test_what_waits_is_not_starved_by_what_is_smaller(floor: Floor):
    """One point becomes free: it is kept for the urgent ticket that needs two."""
    group = floor.group()
    person = floor.person(group, capacity=2)
    floor.rule(group)
    first, second = floor.ticket(), floor.ticket()
    floor.work()
    urgent = floor.ticket(urgency="urgent")
    small = floor.ticket()
    floor.hear(first.solve())
    floor.work()
    assert floor.holder(small) is None
    assert floor.decisions(small)[0].explanation["skipped_counts"] == {"held": 1}
    floor.hear(second.solve())
    floor.work()
    assert floor.holder(urgent) == person
