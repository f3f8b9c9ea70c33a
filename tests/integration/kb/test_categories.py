"""The tree of categories, tags, and settings."""

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from tests.integration.kb.desk import Desk
from tests.support.asking import Ask


def make(ask: Ask, name: str, parent: str | None = None) -> str:
    values = {"name_zh": name, "name_en": f"{name} (en)", "parent_id": parent}
    made: str = ask("create_category", values=values)["category_id"]
    return made


def test_a_category_is_made_renamed_moved_and_removed(ask: Ask) -> None:
    goods, phones = make(ask, "商品"), make(ask, "手机")
    changes = {"parent_id": goods, "name_zh": "电话"}
    moved = ask("edit_category", category_id=phones, version=1, changes=changes)
    assert (moved["parent_id"], moved["version"]) == (goods, 2)
    assert set(moved["audit"]["after"]) == {"parent_id", "name_zh"}
    with pytest.raises(Stale):
        ask("edit_category", category_id=phones, version=1, changes={"name_zh": "手机"})
    with pytest.raises(Conflict):
        ask("remove_category", category_id=goods)
    ask("remove_category", category_id=phones)
    ask("remove_category", category_id=goods)
    with pytest.raises(NotFound):
        ask("remove_category", category_id=goods)


def test_the_tree_is_four_deep_and_no_circle(ask: Ask) -> None:
    parent: str | None = None
    path = []
    for name in ("一级", "二级", "三级", "四级"):
        parent = make(ask, name, parent)
        path.append(parent)
    with pytest.raises(Conflict) as refusal:
        make(ask, "五级", parent)
    assert refusal.value.code == "category.too_deep"
    with pytest.raises(InvalidInput):
        ask("edit_category", category_id=path[0], changes={"parent_id": path[2]})
    other = make(ask, "另一棵")
    with pytest.raises(Conflict):
        ask("edit_category", category_id=path[0], changes={"parent_id": other})


def test_siblings_have_names_of_their_own_and_an_order(ask: Ask) -> None:
    root = make(ask, "排序")
    ids = [make(ask, name, root) for name in ("甲", "乙", "丙")]
    with pytest.raises(Conflict):
        make(ask, "甲", root)
    answer = ask("order_categories", parent_id=root, category_ids=ids[::-1])
    listed = [one["category_id"] for one in answer["items"] if one["parent_id"] == root]
    assert listed == ids[::-1]
    with pytest.raises(InvalidInput):
        ask("order_categories", parent_id=root, category_ids=ids[1:])


def test_a_category_finds_what_is_below_it_and_counts_it(ask: Ask, desk: Desk) -> None:
    upper = make(ask, "家电")
    lower = make(ask, "空调", upper)
    desk.publish(title="空调清洗", category_id=lower, tags=["空调", "清洗"])
    assert desk.titles("清洗", category_id=upper) == ["空调清洗"]
    counts = {one["category_id"]: one["articles"] for one in ask("list_categories")["items"]}
    assert (counts[upper], counts[lower]) == (1, 1)
    with pytest.raises(Conflict):
        ask("remove_category", category_id=lower)
    assert {"tag": "清洗", "articles": 1} in ask("list_tags")["items"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"notice_days": 91}, "notice_days"),
        ({"words": ["一"]}, "words[0]"),
        ({"words": "词"}, "words"),
        ({"synonyms": [["退款", 1]]}, "synonyms[0][1]"),
        ({"needs_other_reviewer": "no"}, "needs_other_reviewer"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(ask: Ask, changes: dict, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask("edit_settings", changes=changes)
    assert path in refusal.value.details["errors"]


def test_only_who_manages_changes_them(ask: Ask, desk: Desk) -> None:
    with pytest.raises(Forbidden):
        ask("edit_settings", actor=desk.author, changes={})
    version = ask("get_settings")["version"]
    with pytest.raises(Stale):
        ask("edit_settings", version=version + 1, changes={"notice_days": 3})
