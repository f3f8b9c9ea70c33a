"""Whoever is outside a ticket's scope is told by every method that there is no such ticket."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.rpc import OperatorCalls
from libs.common.database.unit_of_work import Database
from libs.common.errors import DeskError, NotFound
from services.ticketing.service.rpc import Service
from services.ticketing.use_cases.index_tickets import index_some
from tests.integration.ticketing.desk import Ask, Desk, agent, created, requester, staged
from tests.support.directory import group

GROUP = group(name="维修组", department_id=uuid4(), region_id=uuid4())
MISSING = "G19990101001"
KEPT = ("canned_reply", "macro")

METHODS = {
    name
    for name in dir(Service)
    if hasattr(getattr(Service, name), "permission") and not hasattr(OperatorCalls, name)
}
# What each is given besides the number.
BY_NUMBER: dict[str, dict[str, Any]] = {
    "get_ticket": {},
    "get_wording": {},
    "list_timeline": {},
    "edit_ticket": {"version": None, "changes": {"subject": "新主题"}},
    "assign_ticket": {"assignee_id": str(uuid4()), "assignee_name": "韩梅梅"},
    "transfer_ticket": {"group_id": str(GROUP.data["group_id"])},
    "accept_ticket": {},
    "return_ticket": {"reason": "不是我负责的"},
    "reply": {"text": "您好"},
    "add_note": {"text": "备注"},
    "change_status": {"status": "closed", "reason": "重复"},
    "solve_ticket": {"text": "好了"},
    "reopen_ticket": {"reason": "没好"},
    "judge_ticket": {"is_satisfied": True, "words": "很好"},
    "preview_ticket_template": {"template_key": "repair"},
    "change_ticket_template": {"template_key": "repair"},
    "list_ticket_collaborations": {},
    "start_collaboration": {
        "parts": [{"target_kind": "group", "target_id": str(uuid4()), "duty": "查日志"}]
    },
    "accept_collaboration": {"collaboration_id": str(uuid4())},
    "ask_collaboration_again": {"collaboration_id": str(uuid4()), "text": "还缺截图"},
    "cancel_collaboration": {"collaboration_id": str(uuid4())},
    "rate_collaboration": {"collaboration_id": str(uuid4()), "score": 5},
    "list_efforts": {},
    "log_effort": {"minutes": 5},
    "edit_effort": {"effort_id": str(uuid4()), "minutes": 5},
    "remove_effort": {"effort_id": str(uuid4())},
    "list_materials": {},
    "request_material": {
        **{"text": "请上传身份证", "kinds": ["image"], "max_files": 1, "days": 1},
        "site": "https://desk.example.com",
    },
    "revoke_material": {"request_id": str(uuid4())},
    "get_draft": {"kind": "note"},
    "save_draft": {"kind": "note", "text": "草稿"},
    "drop_draft": {"kind": "note"},
    "get_customer_history": {},
    "list_identity_checks": {},
    "check_identity": {"method": "document", "result": "passed"},
    "get_relations": {},
    "list_merged_timeline": {"source": MISSING},
    "link_tickets": {"other": MISSING, "relation": "blocks"},
    "unlink_tickets": {"link_id": str(uuid4())},
    "attach_child": {"child": MISSING},
    "open_child": {"subject": "请核对库存", "text": "缺货?"},
    "detach_child": {"child": MISSING},
    "merge_tickets": {"numbers": [MISSING]},
    "unmerge_ticket": {},
    "split_ticket": {"entry_ids": [str(uuid4())], "subject": "补开发票"},
    "answer_urgency_hint": {"is_accepted": True},
    "change_copies": {"removed": [str(uuid4())]},
    "urge_ticket": {},
    "supervise_ticket": {"due_at": "2099-01-01T00:00:00+00:00", "every_hours": 4},
    "sign_off": {"words": "可以"},
    "cancel_supervision": {"reason": "不用了"},
    "delete_ticket": {"reason": "测试"},
    "restore_ticket": {},
    "purge_ticket": {"confirmation": MISSING},
    "urge_request": {},
    "withdraw_request": {},
    "confirm_request": {"is_solved": True},
    "get_request": {},
    "add_request_message": {"text": "还有一个问题"},
    "try_canned_reply": {"body": "{{customer.name}}"},
    "draw_review": {"sheet_id": str(uuid4())},
}
# What takes a canned reply or a macro besides.
BY_KEPT = {"render_canned_reply": "reply_id", "try_macro": "macro_id", "apply_macro": "macro_id"}
BY_FILE = {"get_attachment", "get_request_attachment"}
LISTS = {"list_tickets", "search_tickets", "count_tickets", "list_requests"}
# Whoever belongs to those asked, whatever their scope: tests of their own say who does.
BY_TARGET = {
    *("list_collaborations", "count_collaborations", "get_collaboration"),
    *("take_collaboration", "answer_collaboration", "decline_collaboration"),
}
# Whoever has the link.
BY_TOKEN = {"get_material_page", "stage_material", "send_material"}
ABOUT_NO_TICKET = {
    "create_ticket",
    "create_request",
    # Templates that requesters may choose: all of them the same ones.
    "list_request_forms",
    "stage_attachment",
    "stage_request_attachment",
    *("list_statuses", "get_status", "create_status", "edit_status", "order_statuses"),
    "get_ticket_settings",
    "get_ticket_demands",
    "edit_ticket_settings",
    # The gateway's own, which has no scope to be outside of.
    "list_headers",
    "find_headers",
    # What people keep for their work.
    *(f"{verb}_{kept}" for verb in ("get", "create", "replace", "remove") for kept in KEPT),
    *("list_canned_replies", "list_reply_folders", "list_text_variables", "list_macros"),
    # Bulk work shows whoever ordered it the numbers that they gave; tests of its own show the rest.
    *("create_bulk", "list_bulks", "get_bulk", "list_bulk_items", "cancel_bulk"),
}
# Categories, words of urgency and tags.
OF_WORDS = {
    name
    for name in METHODS
    if name.endswith(("ticket_category", "ticket_categories", "_tag", "_tags"))
} | {"get_ticket_category_use", "get_tag_use", "get_urgency_words", "edit_urgency_words"}
OF_TEMPLATES = {
    *("list_templates", "get_template", "list_template_versions", "get_template_version"),
    *("get_field_usage", "export_templates", "check_templates", "import_templates"),
    *("create_template", "edit_template", "drop_template_draft", "publish_template"),
    *("set_template_activity", "remove_template", "duplicate_template", "order_templates"),
}
# Views and rules; what they list and count is tested beside them.
OF_VIEWS_AND_RULES = {
    name for name in METHODS if name.partition("_")[2].removesuffix("s") in ("view", "rule")
} | {"list_rule_runs"}
# Problems are known to all who may read them; of what of their tickets, test_problems tells.
OF_PROBLEMS = {name for name in METHODS if "problem" in name} | {"list_answer_items"}
# Sheets and rules are about no ticket; of reviews and samples test_quality_reviews tells.
OF_QUALITY = {
    *(name for name in METHODS if "score_sheet" in name or "quality" in name),
    *("list_reviews_for_me", "list_own_results", "list_review_timeline", "compare_reviewers"),
    *("draw_sample", "reassign_review", "score_review", "appeal_review", "decide_appeal"),
    "confirm_review",
}
OF_REQUESTERS = {name for name in METHODS if "request" in name} - {"request_material"}


def test_every_method_has_a_case():
    others = BY_FILE | LISTS | BY_TARGET | BY_TOKEN | ABOUT_NO_TICKET | OF_TEMPLATES
    others |= OF_PROBLEMS | OF_VIEWS_AND_RULES | OF_QUALITY | OF_WORDS
    assert set(BY_NUMBER) | set(BY_KEPT) | others == METHODS


@pytest.fixture(scope="module")
def hidden(desk: Desk, ask: Ask, database: Database) -> dict[str, Any]:
    """Somebody's ticket in a group, with a file in public and one inside."""
    desk.learn(GROUP)
    customer, li = requester("韩梅梅"), agent("李雷")
    number = created(ask, customer_id=str(customer.subject), subject="隐藏的主题")["number"]
    ask("transfer_ticket", number=number, group_id=str(GROUP.data["group_id"]))
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    ask("accept_ticket", actor=li, number=number)
    files = [staged(ask, actor=li)["attachment_id"] for _ in range(2)]
    ask("reply", actor=li, number=number, text="您好", attachment_ids=files[:1])
    ask("add_note", actor=li, number=number, text="备注", attachment_ids=files[1:])
    while index_some(database):
        pass
    return {"number": number, "files": files, "customer": customer, "assignee": li}


def outsiders(method: str, desk: Desk) -> list[Actor]:
    """People with every permission there is, and other scopes."""
    if method in OF_REQUESTERS:
        return [requester("陈先生"), requester("赵六", "employee")]
    other = [str(uuid4())]
    narrow = [
        {"tickets": "own"},
        {"tickets": "own", "pools": True, "groups": other},
        {"tickets": "group", "pools": True, "groups": other},
        {"tickets": "department", "pools": True, "departments": other, "groups": other},
        {"tickets": "region", "pools": True, "regions": other},
        {"tickets": "none"},
        {},
    ]
    return [replace(desk.boss, subject=uuid4(), scopes=scopes) for scopes in narrow]


def refusal_of(change: Callable[[], Any]) -> tuple[type[DeskError], str, str, dict[str, Any]]:
    with pytest.raises(DeskError) as refusal:
        change()
    error = refusal.value
    return type(error), error.code, error.message, error.details


@pytest.mark.parametrize("method", BY_NUMBER)
def test_by_number_it_is_as_missing_as_one_that_never_was(desk, ask, hidden, method):
    before = ask("get_ticket", number=hidden["number"])
    for actor in outsiders(method, desk):
        given = dict(BY_NUMBER[method])
        outside, missing = (
            refusal_of(lambda: ask(method, actor=actor, number=number, **given))  # noqa: B023
            for number in (hidden["number"], MISSING)
        )
        assert outside == missing
        assert outside[:2] == (NotFound, "ticket.not_found")
    assert ask("get_ticket", number=hidden["number"]) == before


@pytest.mark.parametrize(("method", "key"), BY_KEPT.items())
def test_nor_does_it_lend_its_values_or_take_a_macro(desk, ask, hidden, method, key):
    kept = {
        "reply_id": {"name": "问候", "body": "{{customer.name}}", "visibility": "shared"},
        "macro_id": {
            "name": "标记",
            "actions": [{"type": "add_tags", "tags": ["x"]}],
            "visibility": "shared",
        },
    }[key]
    make = "create_canned_reply" if key == "reply_id" else "create_macro"
    given = {key: ask(make, values=kept)[key]}
    before = ask("get_ticket", number=hidden["number"])
    for actor in outsiders(method, desk):
        outside, missing = (
            refusal_of(lambda: ask(method, actor=actor, number=number, **given))  # noqa: B023
            for number in (hidden["number"], MISSING)
        )
        assert outside == missing
    assert ask("get_ticket", number=hidden["number"]) == before


def test_nor_can_it_be_taken(desk, ask, hidden):
    for actor in outsiders("assign_ticket", desk):
        taking = {"assignee_id": str(actor.subject), "assignee_name": actor.name}
        outside, missing = (
            refusal_of(lambda: ask("assign_ticket", actor=actor, number=number, **taking))  # noqa: B023
            for number in (hidden["number"], MISSING)
        )
        assert outside == missing


def test_who_may_assign_takes_nothing_that_has_left_the_own_scope(desk, ask):
    number, li = created(ask)["number"], agent("李雷")
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    lead = replace(desk.boss, subject=uuid4(), scopes={"tickets": "own", "pools": True})
    taking = {"assignee_id": str(lead.subject), "assignee_name": lead.name}
    refusal = refusal_of(lambda: ask("assign_ticket", actor=lead, number=number, **taking))
    assert refusal[1] == "ticket.already_assigned"
    assert ask("get_ticket", number=number)["assignee"]["person_id"] == str(li.subject)


@pytest.mark.parametrize("relation", ["possibly_related_to", "follows_up"])
def test_a_related_tickets_number_is_for_those_who_may_see_that_one(
    desk, ask, hidden, database, relation
):
    number, other = created(ask)["number"], requester()
    with database.engine.begin() as connection:
        connection.execute(
            text(
                f"UPDATE tickets SET {relation} = "
                "(SELECT ticket_id FROM tickets WHERE number = :hidden) WHERE number = :number"
            ),
            {"hidden": hidden["number"], "number": number},
        )
    narrow = replace(desk.boss, subject=other.subject, scopes={"tickets": "own", "pools": True})
    taking = {"assignee_id": str(narrow.subject), "assignee_name": "某人"}
    assert ask("get_ticket", number=number)[relation] == {"number": hidden["number"]}
    assert ask("get_ticket", actor=narrow, number=number)[relation] is None
    assert ask("assign_ticket", actor=narrow, number=number, **taking)[relation] is None


@pytest.mark.parametrize("method", sorted(BY_FILE))
def test_its_files_are_as_missing_as_any(desk, ask, hidden, method):
    for actor in outsiders(method, desk):
        missing = refusal_of(lambda: ask(method, actor=actor, attachment_id=str(uuid4())))  # noqa: B023
        assert missing[:2] == (NotFound, "attachment.not_found")
        for file in hidden["files"]:
            outside = refusal_of(lambda: ask(method, actor=actor, attachment_id=file))  # noqa: B023
            assert outside == missing


@pytest.mark.parametrize("method", sorted(LISTS))
def test_lists_and_counters_show_nothing_of_it(desk, ask, hidden, method):
    filters = [
        {},
        {"q": hidden["number"]},
        {"q": "隐藏的主题"},
        {"assignee": str(hidden["assignee"].subject)},
        {"group": str(GROUP.data["group_id"])},
        {"department": str(GROUP.data["department_id"])},
        {"region": str(GROUP.data["region_id"])},
        {"customer_id": str(hidden["customer"].subject)},
        *({"view": view} for view in ("mine", "unassigned", "open", "solved", "all")),
    ]
    for actor in outsiders(method, desk):
        if method == "count_tickets":
            counted = ask(method, actor=actor)
            assert {one["value"] for one in counted.values()} == {0}
        elif method == "list_requests":
            assert ask(method, actor=actor)["items"] == []
        elif method == "search_tickets":
            for query in (hidden["number"], "隐藏的主题", "备注", "assignee:李雷", "-x"):
                found = ask(method, actor=actor, q=query)
                assert (found["items"], found["total"]["value"]) == ([], 0)
        else:
            for one in filters:
                assert ask(method, actor=actor, filters=one)["items"] == []


def test_staff_have_no_requests_whatever_they_see(desk, ask, hidden):
    everything = replace(desk.boss, permissions=desk.boss.permissions | {"request.own"})
    for method, given in (
        ("list_requests", {}),
        ("list_request_forms", {}),
        ("get_request", {"number": hidden["number"]}),
        ("add_request_message", {"number": hidden["number"], "text": "x"}),
        ("get_request_attachment", {"attachment_id": hidden["files"][0]}),
    ):
        assert refusal_of(lambda: ask(method, actor=everything, **given))[1] == "requester.unknown"  # noqa: B023


def test_a_method_is_refused_without_its_permission(desk, ask, hidden):
    for method in METHODS:
        actor = replace(desk.boss, permissions=frozenset())
        assert refusal_of(lambda: ask(method, actor=actor))[1] == "permission.missing"  # noqa: B023
