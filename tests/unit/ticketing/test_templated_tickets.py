"""Tickets with templates: forms, stages, rules, and another template on the way."""

import pytest

from libs.common.actions import SetStatus
from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.forms import faults_of, opened_form
from services.ticketing.domain.ruled import Target, carry_out
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    file,
    solved_ticket,
)
from tests.unit.ticketing.template_making import choices, defined, field, is_, published

FACTS = {"kind": "repair", "urgency": "normal", "channel": "phone"}
REPAIR = published(
    defined(
        field("item", required=True),
        field("count", "number", options={"min": 1}),
        field("size", "choice", options=choices("S", "L")),
        field("lid", required=True, visible_when=is_("size", "L")),
        solve={"fields": ["count"], "summary": ["cause"]},
        close={"attachments": [{"kind": "photo", "count": 1}]},
    )
)


def templated(ticket, template=REPAIR, **fields):
    ticket.template, ticket.template_version_id = template, template.template_version_id
    ticket.fields = fields
    ticket.begin()
    return ticket


def refused(change):
    with pytest.raises(InvalidInput) as refusal:
        change()
    errors = refusal.value.details["errors"]
    assert errors.keys() == refusal.value.details["faults"].keys()
    return sorted(errors)


def test_a_form_that_is_filled_in_names_all_that_is_wrong_at_once():
    def fill():
        opened_form(REPAIR, {"count": 0, "size": "L", "itme": "空调"}, FACTS, ())

    assert refused(fill) == ["fields.count", "fields.item", "fields.itme", "fields.lid"]


def test_values_that_came_as_they_came_are_kept_and_told():
    faults = faults_of(REPAIR, {"报修物品": "空调", "count": "两台"}, FACTS)
    assert {path: fault.code for path, fault in faults.items()} == {
        "fields.item": "required",
        "fields.count": "not_number",
    }


def test_an_edit_is_judged_by_the_tickets_version():
    ticket = templated(accepted_ticket(), item="空调", 颜色="白")
    assert refused(lambda: ticket.edit({"fields": {"count": 0}}, None, by(LI))) == ["fields.count"]
    assert refused(lambda: ticket.edit({"fields": {"colour": 1}}, None, by(LI))) == [
        "fields.colour"
    ]
    assert refused(lambda: ticket.edit({"fields": {"item": None}}, None, by(LI))) == ["fields.item"]
    ticket.edit({"fields": {"count": 2.0, "颜色": "黑"}}, None, by(LI))
    assert ticket.fields == {"item": "空调", "count": 2, "颜色": "黑"}
    assert (entered(ticket), facts(ticket)) == (["ticket.edited"], ["ticket.edited"])


def test_a_refused_edit_leaves_nothing_behind():
    ticket = templated(accepted_ticket(), item="空调")
    refused(lambda: ticket.edit({"fields": {"count": 0}, "subject": "新"}, None, by(LI)))
    assert (ticket.subject, ticket.fields, facts(ticket)) == ("电脑无法开机", {"item": "空调"}, [])


def test_what_no_person_fills_in_may_bring_other_fields():
    ticket = templated(accepted_ticket(), item="空调")
    ticket.edit({"fields": {"sensor": 7}}, None, by(RULES))
    assert ticket.fields["sensor"] == 7


def test_solving_is_refused_until_the_stage_has_what_it_asks_for():
    ticket = templated(accepted_ticket(), item="空调")
    wanted = ["fields.cause", "fields.count"]
    assert refused(lambda: ticket.solve("已更换", True, by(LI))) == wanted
    assert (ticket.status, facts(ticket)) == ("in_progress", [])
    ticket.solve("已更换", True, by(LI), {"count": 1, "cause": "老化"})
    assert (ticket.status, entered(ticket)) == ("solved", ["ticket.solved"])
    assert ticket.entries[0].event["changes"][0]["to"] == {
        "item": "空调",
        "count": 1,
        "cause": "老化",
    }
    # What customers and other services hear of it says nothing of the form.
    assert "changes" not in ticket.facts[0].details


def test_closing_by_hand_or_by_rule_needs_what_the_stage_asks_for():
    ticket = templated(solved_ticket())
    assert refused(lambda: ticket.change_status("closed", None, by(LI))) == ["attachments.photo"]
    ticket.note("照片", (file(),), by(LI))
    ticket.change_status("closed", None, by(LI))
    assert ticket.status == "closed"


def test_a_rule_cannot_close_what_people_could_not():
    ticket = templated(accepted_ticket())
    with pytest.raises(InvalidInput):
        carry_out(ticket, SetStatus("closed"), Target(), "超时关闭", by(RULES))
    assert (ticket.status, facts(ticket)) == ("in_progress", [])


NEW = published(
    defined(
        field("thing", required=True),
        field("count", "text"),
        field("size", "choice", options=choices("S", "M")),
        field("seen", "choice", options=choices("yes", "no"), default="no"),
    ),
    "complaint",
    "complaint",
)


def test_a_plan_tells_what_is_kept_recomputed_lost_and_missing():
    ticket = templated(accepted_ticket(), item="空调", count=2, size="L", 颜色="白")
    plan = ticket.plan_template(NEW, "complaint", {}, {})
    assert [move.to_key for move in plan.kept] == ["颜色"]
    assert [(move.to_key, move.before, move.after) for move in plan.recomputed] == [
        ("count", 2, "2"),
        ("seen", None, "no"),
    ]
    assert [(one.key, one.told) for one in plan.lost] == [("item", "空调"), ("size", "选L")]
    assert list(plan.missing) == ["fields.thing"]


def test_another_template_by_a_mapping_leaves_one_entry_that_keeps_what_is_lost():
    ticket = templated(accepted_ticket(), item="空调", size="L")
    version = ticket.version
    plan = ticket.plan_template(NEW, "complaint", {"thing": "item"}, {"size": "M"})
    ticket.change_template(NEW, "complaint", plan, "客户改口", by(LI))
    assert (ticket.kind, ticket.version) == ("complaint", version + 1)
    assert ticket.fields == {"thing": "空调", "size": "M", "seen": "no"}
    assert (entered(ticket), facts(ticket)) == (["ticket.template_changed"],) * 2
    [entry] = ticket.entries
    assert entry.text == "字段size: 选L"
    assert entry.event["lost"] == [{"key": "size", "label": {"zh": "字段size", "en": "Field size"}}]
    assert ticket.facts[0].details["lost"] == ["size"]
    assert ticket.facts[0].header["custom_fields"] == ticket.fields


def test_another_template_is_refused_while_its_form_lacks_something():
    ticket = templated(accepted_ticket(), item="空调")
    plan = ticket.plan_template(NEW, "complaint", {}, {})
    assert refused(lambda: ticket.change_template(NEW, "complaint", plan, None, by(LI))) == [
        "fields.thing"
    ]
    assert refused(lambda: ticket.plan_template(NEW, "complaint", {}, {"size": "L"})) == [
        "fields.size"
    ]


def test_only_who_works_on_an_open_ticket_changes_its_template():
    plan = accepted_ticket().plan_template(NEW, "complaint", {}, {"thing": "空调"})
    with pytest.raises(Forbidden):
        accepted_ticket().change_template(NEW, "complaint", plan, None, by(HAN))
    with pytest.raises(Conflict):
        closed_ticket().change_template(NEW, "complaint", plan, None, by(BOSS))


def test_the_same_version_again_is_no_change():
    ticket = templated(accepted_ticket(), item="空调")
    ticket.kind = "repair"
    plan = ticket.plan_template(REPAIR, "repair", {}, {})
    assert ticket.change_template(REPAIR, "repair", plan, None, by(LI)) is None
    assert (entered(ticket), facts(ticket)) == ([], [])
