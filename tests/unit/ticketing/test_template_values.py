"""What each type of field takes, keeps and refuses; when fields show and are required."""

import pytest

from tests.unit.ticketing.template_making import choices, defined, field, is_, photo

TREE = {
    "choices": [
        {
            "value": "elec",
            "label": {"zh": "电器"},
            "children": [{"value": "tv", "label": {"zh": "电视"}}],
        }
    ]
}
TABLE = {
    "columns": [
        field("name", required=True),
        field("count", "number", options={"min": 1}),
    ],
    "max_rows": 2,
}
FACTS = {"kind": "repair", "urgency": "normal", "channel": "phone"}


def read(type, value, **options):
    definition = defined(field("f", type, options=options))
    kept, faults = definition.read({"f": value})
    return kept.get("f"), {path: fault.code for path, fault in faults.items()}


@pytest.mark.parametrize(
    ("type", "options", "given", "kept"),
    [
        ("text", {}, "  两 \n 行 ", "两 行"),
        ("long_text", {}, " 两\n行 ", "两\n行"),
        ("number", {}, 3.0, 3),
        ("number", {"decimals": 2}, 0.25, 0.25),
        ("money", {}, 19.99, 19.99),
        ("date", {}, "2026-02-28", "2026-02-28"),
        ("time", {}, "09:30:00", "09:30"),
        ("date_time", {}, "2026-01-31T09:00:00+08:00", "2026-01-31T01:00:00Z"),
        ("choice", choices("a"), "a", "a"),
        ("tree_choice", TREE, "tv", "tv"),
        ("tree_choice", {**TREE, "leaf_only": False}, "elec", "elec"),
        ("multi_choice", choices("a", "b"), ["b", "a", "b"], ["b", "a"]),
        ("phone", {}, "+86 139-0013-9000", "+86 139-0013-9000"),
        ("phone", {}, "010-88886666转801", "010-88886666转801"),
        ("mail", {}, " a.b@example.com ", "a.b@example.com"),
        ("order_number", {"pattern": r"TB\d{4}"}, "TB1234", "TB1234"),
        ("place", {}, {"text": "三楼", "lng": 121.5, "lat": 31}, None),
        (
            "person",
            {},
            "01934F2A-7C00-7001-8000-000000000001",
            "01934f2a-7c00-7001-8000-000000000001",
        ),
        ("table", TABLE, [{"name": "屏"}], [{"name": "屏", "count": None}]),
    ],
)
def test_a_value_is_kept_in_one_form(type, options, given, kept):
    assert read(type, given, **options) == (given if kept is None else kept, {})


@pytest.mark.parametrize(
    ("type", "options", "given", "path", "code"),
    [
        ("text", {"max_length": 2}, "三个字", "fields.f", "too_long"),
        ("text", {}, 7, "fields.f", "not_text"),
        ("number", {}, "7", "fields.f", "not_number"),
        ("number", {}, True, "fields.f", "not_number"),
        ("number", {}, float("nan"), "fields.f", "not_number"),
        ("number", {}, 1.5, "fields.f", "too_many_decimals"),
        ("number", {"min": 1}, 0, "fields.f", "too_small"),
        ("money", {"max": 9}, 9.5, "fields.f", "too_large"),
        ("date", {}, "2026-02-30", "fields.f", "not_date"),
        ("date", {}, "20260228", "fields.f", "not_date"),
        ("time", {}, "25:00", "fields.f", "not_time"),
        ("date_time", {}, "2026-01-31T09:00:00", "fields.f", "not_instant"),
        ("choice", choices("a"), "b", "fields.f", "unknown_choice"),
        ("choice", choices("a"), ["a"], "fields.f", "unknown_choice"),
        ("tree_choice", TREE, "elec", "fields.f", "not_leaf"),
        ("multi_choice", {**choices("a", "b"), "least": 2}, ["a"], "fields.f", "too_few"),
        ("multi_choice", choices("a"), "a", "fields.f", "not_list"),
        ("phone", {}, "call me", "fields.f", "not_phone"),
        ("mail", {}, "a@b", "fields.f", "not_mail"),
        ("order_number", {"pattern": r"TB\d{4}"}, "TB123", "fields.f", "pattern"),
        ("place", {}, "三楼", "fields.f", "not_place"),
        ("place", {}, {"text": "三楼", "lng": 121.5}, "fields.f", "not_place"),
        ("person", {}, "李雷", "fields.f", "not_person"),
        ("table", TABLE, [{"count": 1}], "fields.f[0].name", "required"),
        ("table", TABLE, [{"name": "屏", "count": 0}], "fields.f[0].count", "too_small"),
        ("table", TABLE, [{"name": "屏", "x": 0}], "fields.f[0].x", "unknown_column"),
        ("table", TABLE, [{"name": "屏"}] * 3, "fields.f", "too_many"),
        ("file", {}, ["not described"], "fields.f", "not_file"),
        ("file", {"kinds": ["document"]}, [photo()], "fields.f", "wrong_kind"),
        ("file", {"least": 2}, [photo()], "fields.f", "too_few"),
    ],
)
def test_a_refused_value_names_its_place_and_a_code(type, options, given, path, code):
    assert read(type, given, **options) == (None, {path: code})


def test_a_pattern_of_exponential_time_elsewhere_is_no_danger_here():
    _, faults = read("order_number", "a" * 60 + "!", pattern="(a+)+$")
    assert faults == {"fields.f": "pattern"}


def test_a_field_that_does_not_show_is_neither_required_nor_counts_for_others():
    definition = defined(
        field("kind", "choice", options=choices("box", "bag")),
        field("size", required=True, visible_when=is_("kind", "box")),
        field("lid", required=True, visible_when=is_("size", "L")),
    )
    hidden = {"kind": "bag", "size": "L"}
    assert definition.demanded(hidden, FACTS) == set()
    assert set(definition.visible(hidden, FACTS)) == {"kind"}
    assert set(definition.missing("create", {"kind": "box", "size": "L"}, FACTS)) == {"fields.lid"}


def test_conditions_look_at_the_ticket_too():
    definition = defined(
        field("why", required_when={"field": "urgency", "op": "is", "value": "critical"})
    )
    assert definition.demanded({}, FACTS) == set()
    assert definition.demanded({}, FACTS | {"urgency": "critical"}) == {"why"}


def test_a_stage_asks_for_fields_files_and_the_closing_summary():
    definition = defined(
        field("report", "file"),
        solve={
            "fields": ["report"],
            "attachments": [{"kind": "photo", "count": 2}],
            "summary": ["prevention", "cause"],
        },
    )
    lacking = definition.missing("solve", {"cause": "接触不良"}, FACTS, ["image/png", "text/plain"])
    assert {path: fault.as_json() for path, fault in lacking.items()} == {
        "fields.report": {"code": "required"},
        "fields.prevention": {"code": "required"},
        "attachments.photo": {"code": "too_few_files", "kind": "photo", "count": 2, "there": 1},
    }
    assert definition.missing("close", {}, FACTS) == {}
