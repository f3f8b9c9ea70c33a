"""Reports that are kept: whose they are, who sees and who changes them."""

from typing import Any

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from libs.common.ids import uuid7
from tests.integration.reporting.counting import BOSS, Counting
from tests.support.actors import actor

OTHER = actor("supervisor", "李主管")
KEEPER = actor("administrator")
VALUES: dict[str, Any] = {
    "name": "本组周报",
    "is_shared": False,
    "definition": {
        "metrics": ["new", "solved"],
        "period": {"unit": "week", "last": 4, "is_over": True},
        "by": "group",
        "charts": [{"kind": "bar", "metrics": ["new"]}],
    },
}


@pytest.fixture
def saved(counting: Counting) -> dict[str, Any]:
    counting.do("DELETE FROM saved_reports WHERE NOT is_shipped")
    return counting.ask("save_report", values=VALUES)


def names(counting: Counting, asker: Any) -> list[str]:
    shown = counting.ask("list_saved_reports", asker)["items"]
    return [one["name"] for one in shown if not one["is_shipped"]]


def test_what_is_kept_is_ones_own(counting: Counting, saved: dict[str, Any]):
    assert saved["definition"]["charts"] == [{"kind": "bar", "metrics": ["new"]}]
    assert (saved["version"], saved["is_own"]) == (1, True)
    assert names(counting, BOSS) == ["本组周报"]
    assert names(counting, OTHER) == []
    for method in ("get_saved_report", "remove_saved_report"):
        version = {"version": 1} if method.startswith("remove") else {}
        with pytest.raises(NotFound):
            counting.ask(method, KEEPER, report_id=saved["report_id"], **version)


def test_shared_ones_are_read_by_all_and_changed_by_few(counting: Counting, saved: dict[str, Any]):
    place = {"report_id": saved["report_id"]}
    values = {**VALUES, "is_shared": True}
    changed = counting.ask("replace_saved_report", **place, version=1, values=values)
    assert changed["version"] == 2
    assert names(counting, OTHER) == ["本组周报"]
    assert not counting.ask("get_saved_report", OTHER, **place)["is_own"]
    with pytest.raises(Forbidden):
        counting.ask("replace_saved_report", OTHER, **place, version=2, values=values)
    counting.ask("remove_saved_report", KEEPER, **place, version=2)
    assert names(counting, BOSS) == []


def test_a_change_of_an_old_version_is_refused(counting: Counting, saved: dict[str, Any]):
    place = {"report_id": saved["report_id"]}
    with pytest.raises(Stale):
        counting.ask("replace_saved_report", **place, version=7, values=VALUES)
    with pytest.raises(Stale):
        counting.ask("remove_saved_report", **place, version=7)


def test_shipped_ones_stay_shared_and_lose_their_translation(counting: Counting):
    first = counting.ask("list_saved_reports")["items"][0]
    place = {"report_id": first["report_id"]}
    with pytest.raises(Forbidden):
        counting.ask("replace_saved_report", **place, version=first["version"], values=VALUES)
    told = counting.ask("get_saved_report", KEEPER, **place, language="en")
    values = {**VALUES, "name": told["name"], "definition": first["definition"]}
    version = first["version"]
    counting.ask("replace_saved_report", KEEPER, **place, version=version, values=values)
    assert counting.ask("get_saved_report", KEEPER, **place)["name"] == first["name"]
    values["name"] = "处理效率"
    counting.ask("replace_saved_report", KEEPER, **place, version=version + 1, values=values)
    english = counting.ask("get_saved_report", OTHER, **place, language="en")
    assert (english["name"], english["is_shared"], english["is_shipped"]) == (
        "处理效率",
        True,
        True,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"is_shared": "yes"},
        {"definition": {"metrics": ["new"]}},
        {"definition": {"metrics": ["luck"], "period": {"unit": "month"}}},
        {"definition": {"metrics": ["new"], "period": {"unit": "custom", "last": 2}}},
        {"definition": {"metrics": ["new"], "period": {"unit": "month", "last": 0}}},
        {"definition": {"metrics": ["new"], "period": {"unit": "year", "last": 30}}},
        {"definition": {**VALUES["definition"], "charts": [{"kind": "bar", "metrics": ["luck"]}]}},
        {"definition": {**VALUES["definition"], "filters": {"mood": ["bad"]}}},
    ],
)
def test_what_cannot_be_asked_for_cannot_be_kept(counting: Counting, wrong: dict[str, Any]):
    with pytest.raises(InvalidInput):
        counting.ask("save_report", values={**VALUES, **wrong})


def test_nobody_keeps_more_than_a_hundred(counting: Counting, saved: dict[str, Any]):
    for _ in range(99):
        counting.do(
            "INSERT INTO saved_reports (report_id, owner_id, name, definition) "
            "VALUES (:report_id, :owner_id, 'x', '{}')",
            report_id=uuid7(),
            owner_id=BOSS.subject,
        )
    with pytest.raises(Conflict):
        counting.ask("save_report", values=VALUES)
    counting.do("DELETE FROM saved_reports WHERE NOT is_shipped")
