"""Requesters fill in forms: what they may choose, what is asked of them, what they see of it."""

from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.errors import InvalidInput
from tests.integration.ticketing.desk import Ask, Desk, created, requester, staged

NAME = {"zh": "上门报修", "en": "Repair at home"}
IS_BROKEN = {"field": "fields.state", "op": "is", "value": "broken"}
CHOICES = {"choices": [{"value": one, "label": {"zh": one}} for one in ("broken", "noisy")]}
FIELDS = [
    {
        "key": "state",
        "type": "choice",
        "label": {"zh": "情况"},
        "required": True,
        "options": CHOICES,
    },
    {
        "key": "since",
        "type": "date",
        "label": {"zh": "何时损坏"},
        "visible_when": IS_BROKEN,
        "required_when": IS_BROKEN,
    },
    {"key": "photos", "type": "file", "label": {"zh": "照片"}},
    {"key": "cost", "type": "money", "label": {"zh": "成本"}, "required": True},
    {"key": "engineer", "type": "person", "label": {"zh": "工程师"}},
]


def published(ask: Ask, **more: Any) -> str:
    key = f"t{uuid4().hex[:12]}"
    values = {"name": NAME, "kind": "repair", "fields": FIELDS, "requesters": {"hidden": ["cost"]}}
    ask("create_template", key=key, values={**values, **more})
    ask("publish_template", key=key)
    return key


def requested(ask: Ask, who: Actor, **more: Any) -> dict[str, Any]:
    given = {"customer_name": who.name, "subject": "坏了", "text": "请来人看看"} | more
    request: dict[str, Any] = ask("create_request", actor=who, **given)
    return request


def faults_of(ask: Ask, who: Actor, **given: Any) -> dict[str, Any]:
    with pytest.raises(InvalidInput) as refusal:
        requested(ask, who, **given)
    return refusal.value.details.get("faults") or refusal.value.details["errors"]


def forms(ask: Ask, who: Actor, channel: str = "portal") -> dict[str, dict[str, Any]]:
    items = ask("list_request_forms", actor=who, channel=channel)["items"]
    return {one["key"]: one for one in items}


def test_the_shipped_forms_are_open_to_whom_they_are_for(ask: Ask):
    customer, zhao = requester(), requester("赵六", "employee")
    shipped = forms(ask, customer)
    wanted = ["inquiry", "complaint", "repair", "suggestion", "return_goods"]
    assert [key for key in shipped if key in wanted] == wanted
    assert "internal" not in shipped
    assert next(iter(forms(ask, zhao, "internal"))) == "internal"
    keys = [one["key"] for one in shipped["return_goods"]["fields"]]
    assert "photo_proof" in keys
    assert not {"refund_amount", "inspection_report"} & set(keys)


def test_a_form_shows_what_is_theirs_and_nothing_else(ask: Ask):
    key = published(ask, description="工程师上门", requirements={"solve": {"summary": ["cause"]}})
    form = forms(ask, requester())[key]
    assert [one["key"] for one in form["fields"]] == ["state", "since", "photos"]
    assert (form["name"], form["kind"], form["description"]) == (NAME, "repair", "工程师上门")
    assert form["requirements"]["solve"]["summary"] == []
    assert "cost" not in str(form)


def test_its_description_is_told_in_both_languages(ask: Ask):
    written = published(ask, description="工程师上门", description_en="An engineer comes")
    shown = forms(ask, requester())
    told = shown[written]
    assert (told["description"], told["description_en"]) == ("工程师上门", "An engineer comes")
    # Written before there were two.
    old = shown["repair"]
    assert old["description"]
    assert old["description_en"] == old["description"]
    assert ask("get_template", key="repair")["description_en"] == ""
    document = ask("export_templates", keys=[written])
    assert document["templates"][0]["description_en"] == "An engineer comes"
    assert ask("check_templates", document=document)["items"][0]["outcome"] == "same"


def hiding(*keys: str) -> dict[str, Any]:
    return {"hidden": list(keys), "categories": False}


def test_whoever_says_nothing_of_requesters_does_not_close_it_to_them(ask: Ask):
    key = published(ask)
    values = {"name": NAME, "kind": "repair", "fields": FIELDS}
    ask("edit_template", key=key, version=None, values=values)
    ask("publish_template", key=key)
    assert key in forms(ask, requester())
    assert ask("get_template", key=key)["requesters"] == hiding("cost")
    # A hidden field that is gone hides nothing.
    fewer = values | {"fields": [one for one in FIELDS if one["key"] != "cost"]}
    kept = ask("edit_template", key=key, version=None, values=fewer)
    assert kept["requesters"] == hiding()
    document = ask("export_templates", keys=[key])
    del document["templates"][0]["requesters"]
    document["templates"][0]["description"] = "改过"
    ask("import_templates", document=document)
    assert ask("get_template", key=key)["requesters"] == hiding()
    ask("edit_template", key=key, version=None, values=values | {"requesters": None})
    ask("publish_template", key=key)
    assert key not in forms(ask, requester())
    # What is closed stays so.
    ask("edit_template", key=key, version=None, values=values | {"description": "仅限内部"})
    assert ask("get_template", key=key)["requesters"] is None


def test_whoever_says_nothing_of_confidentiality_does_not_lay_it_open(ask: Ask):
    secret = {"fields": ["cost"], "identity_check": True}
    key = f"t{uuid4().hex[:12]}"
    values = {"name": NAME, "kind": "repair", "fields": FIELDS}
    ask("create_template", key=key, values=values | {"confidential": secret})
    ask("edit_template", key=key, version=None, values=values)
    assert ask("get_template", key=key)["confidential"] == secret
    # A field that is gone is no secret.
    fewer = values | {"fields": [one for one in FIELDS if one["key"] != "cost"]}
    kept = ask("edit_template", key=key, version=None, values=fewer)
    assert kept["confidential"] == secret | {"fields": []}
    document = ask("export_templates", keys=[key])
    del document["templates"][0]["confidential"]
    ask("import_templates", document=document)
    assert ask("get_template", key=key)["confidential"] == secret | {"fields": []}
    ask("edit_template", key=key, version=None, values=values | {"confidential": None})
    assert ask("get_template", key=key)["confidential"] is None


def test_a_draft_from_before_begins_with_what_the_running_version_opens(ask: Ask, desk: Desk):
    key, closed = published(ask), published(ask)
    values = {"name": NAME, "kind": "repair", "fields": FIELDS[:3]}
    ask("edit_template", key=key, version=None, values=values)
    ask("edit_template", key=closed, version=None, values=values | {"requesters": None})
    migration = import_module("services.ticketing.migrations.versions.0027_words_and_drafts")
    with desk.database.engine.begin() as connection:
        old = "UPDATE ticket_templates SET draft = draft - 'requesters' WHERE key = :key"
        connection.execute(text(old), {"key": key})
        connection.execute(text(migration.OPEN_DRAFTS))
    assert ask("get_template", key=key)["requesters"] == hiding()
    ask("publish_template", key=key)
    assert key in forms(ask, requester())
    assert ask("get_template", key=closed)["requesters"] is None


def test_what_is_for_staff_or_put_away_is_not_offered_and_cannot_be_chosen(ask: Ask):
    han = requester()
    closed = published(ask, requesters=None)
    archived = published(ask)
    ask("set_template_activity", key=archived, is_active=False)
    assert not {closed, archived} & forms(ask, han).keys()
    for key in (closed, archived, "internal", "", "nowhere\x00"):
        assert list(faults_of(ask, han, template_key=key)) == ["template_key"]
    mine = published(ask)
    zhao = requester("赵六", "employee")
    refused = faults_of(ask, zhao, channel="internal", template_key=mine)
    assert list(refused) == ["template_key"]
    assert list(faults_of(ask, han, fields={"state": "broken"})) == ["fields"]


def test_what_is_wrong_with_the_form_is_named_all_at_once(ask: Ask):
    key, han = published(ask), requester()
    assert faults_of(ask, han, template_key=key) == {"fields.state": {"code": "required"}}
    broken = {"state": "broken", "cost": 5, "nonsense": 1}
    assert {
        path: one["code"]
        for path, one in faults_of(ask, han, template_key=key, fields=broken).items()
    } == {
        "fields.since": "required",
        # What is hidden from them they cannot fill in, nor find out that it is there.
        "fields.cost": "unknown_field",
        "fields.nonsense": "unknown_field",
    }
    assert list(faults_of(ask, han, template_key=key, fields=["state"])) == ["fields"]
    assert ask("list_requests", actor=han)["items"] == []


def test_the_ticket_has_what_was_filled_in_and_staff_see_what_is_theirs_to_add(ask: Ask):
    key, han = published(ask), requester("韩梅梅")
    photo = staged(ask, "stage_request_attachment", actor=han, media_type="image/jpeg")
    given = {"state": "broken", "since": "2026-11-20", "photos": [photo["attachment_id"]]}
    request = requested(ask, han, template_key=key, fields=given)
    assert request["kind"] == "repair"
    assert [(one["field"]["key"], one["value"]) for one in request["form"]["answers"]][:2] == [
        ("state", "broken"),
        ("since", "2026-11-20"),
    ]
    assert request["form"]["template"] == {"key": key, "name": NAME}
    # The photo is among what the customer said, and so theirs to open.
    [entry] = request["timeline"]["items"]
    assert [one["attachment_id"] for one in entry["attachments"]] == [photo["attachment_id"]]
    named = {"attachment_id": photo["attachment_id"]}
    assert ask("get_request_attachment", actor=han, **named)["name"]
    ticket = ask("get_ticket", number=request["number"])
    assert (ticket["template"]["key"], ticket["channel"]) == (key, "portal")
    assert ticket["fields"].keys() == {"state", "since", "photos"}
    assert [(one["path"], one["code"]) for one in ticket["field_faults"]] == [
        ("fields.cost", "required")
    ]
    kinds = [one["kind"] for one in ticket["timeline"]["items"]]
    assert kinds == ["event", "message"]


def test_what_staff_add_stays_with_them(ask: Ask):
    key, han = published(ask), requester()
    number = requested(ask, han, template_key=key, fields={"state": "noisy"})["number"]
    ask("edit_ticket", number=number, version=None, changes={"fields": {"cost": 99.5}})
    shown = ask("get_request", actor=han, number=number)
    assert [one["field"]["key"] for one in shown["form"]["answers"]] == ["state"]
    assert "99.5" not in str(shown)


def test_files_of_the_first_stage_are_asked_for(ask: Ask):
    han = requester()
    stages = {"create": {"attachments": [{"kind": "photo", "count": 1}]}}
    key = published(ask, requirements=stages)
    given = {"template_key": key, "fields": {"state": "noisy"}}
    assert faults_of(ask, han, **given) == {
        "attachments.photo": {"code": "too_few_files", "kind": "photo", "count": 1, "there": 0}
    }
    photo = staged(ask, "stage_request_attachment", actor=han, media_type="image/png")
    request = requested(ask, han, **given, attachment_ids=[photo["attachment_id"]])
    assert request["number"]


def test_nobody_fills_in_what_another_has_uploaded(ask: Ask):
    key = published(ask)
    theirs = staged(ask, "stage_request_attachment", actor=requester())["attachment_id"]
    given = {"state": "noisy", "photos": [theirs]}
    faults = faults_of(ask, requester(), template_key=key, fields=given)
    assert faults == {"fields.photos": {"code": "no_such_file"}}


def test_a_form_is_sent_once_however_often_the_command_comes(ask: Ask):
    key, han = published(ask), requester()
    same = {"template_key": key, "fields": {"state": "noisy"}, "command_id": f"form-{key}"}
    assert requested(ask, han, **same) == requested(ask, han, **same)
    assert len(ask("list_requests", actor=han)["items"]) == 1


def test_values_of_a_form_that_staff_registered_are_seen_by_whom_they_are_about(ask: Ask):
    key, han = published(ask), requester()
    given = {"state": "noisy", "cost": 3}
    who = {"customer_id": str(han.subject), "customer_name": han.name}
    number = created(ask, template_key=key, fields=given, **who)["number"]
    [answer] = ask("get_request", actor=han, number=number)["form"]["answers"]
    assert answer["value"] == "noisy"
