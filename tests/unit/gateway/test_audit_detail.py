"""What of a change is kept in the log, and what never is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.detail import MAX_DETAIL, dump_detail


def test_changes_are_kept_in_one_form() -> None:
    detail = {"before": {"role": "agent"}, "after": {"role": "supervisor", "active": True}}
    kept = '{"after":{"active":true,"role":"supervisor"},"before":{"role":"agent"}}'
    assert dump_detail(detail) == kept
    assert dump_detail({}) is None


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "totp_secret", "email", "phone", "Text", "reply_html", "note"],
)
def test_contents_and_secrets_only_count_as_changed(name: str) -> None:
    detail = {"after": {name: "something that is nobody's business"}}
    assert json.loads(dump_detail(detail) or "") == {"after": {name: True}}


@pytest.mark.parametrize("value", [None, True, False])
def test_whether_there_is_one_may_be_told(value: bool | None) -> None:
    assert json.loads(dump_detail({"email": value}) or "") == {"email": value}


def test_addresses_and_numbers_are_masked_wherever_they_stand() -> None:
    kept = dump_detail({"query": {"actor": "zhang@example.com"}, "after": ["+8613800138000"]})
    assert "zhang" not in str(kept)
    assert "138" not in str(kept)


def test_whom_a_step_tells_and_what_it_changes_is_kept() -> None:
    actions = [{"type": "assign", "to": "role", "role": "supervisor"}, {"text": "for the team"}]
    after = {"steps": [{"key": "late", "actions": actions, "recipients": [{"to": "assignee"}]}]}
    condition: dict[str, object] = {"field": "urgency", "op": "in", "value": ["critical"]}
    for _ in range(5):
        condition = {"all": [condition]}
    kept = json.loads(dump_detail({"after": {**after, "condition": condition}}) or "")["after"]
    assert kept["condition"] == condition
    assert kept["steps"][0]["recipients"] == [{"to": "assignee"}]
    assert kept["steps"][0]["actions"] == [actions[0], {"text": True}]


def test_what_is_too_long_is_told_by_its_size() -> None:
    detail = {"after": {f"field{n}": "x" * 200 for n in range(100)}}
    kept = json.loads(dump_detail(detail) or "")
    assert kept["truncated"] is True
    assert kept["bytes"] > MAX_DETAIL
    assert kept["fields"] == ["after"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_anything_can_be_kept_and_is_short(detail: dict[str, object]) -> None:
    kept = dump_detail(detail)
    assert kept is None or len(kept.encode()) <= MAX_DETAIL
    assert kept is None or "\\u0000" not in kept
