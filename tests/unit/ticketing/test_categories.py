"""The tree of categories: where one may stand, and what it brings."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import Conflict, InvalidInput
from services.ticketing.domain.categories import (
    DEEPEST,
    Node,
    Tree,
    below,
    check_place,
    read_defaults,
    read_names,
)

A, B, C, D, E = (UUID(int=n) for n in range(1, 6))
LINE = {A: None, B: A, C: B, D: C}  # as deep as may be
TREE = Tree(
    [
        Node(A, None, "售后", "After-sales", defaults={"kind": "repair", "urgency": "urgent"}),
        Node(B, A, "产品维修", None, defaults={"urgency": "critical", "tags": ["维修"]}),
        Node(C, None, "订单", "Orders", is_active=False),
        Node(D, C, "物流异常"),
    ]
)


def test_a_category_lies_below_its_parent_and_all_above():
    place = TREE.place(B)
    assert place.path == (A, B)
    assert place.names_zh == ("售后", "产品维修")
    # Without an English name it is called as in Chinese.
    assert place.names_en == ("After-sales", "产品维修")
    assert below(TREE.parents, A) == {A, B}


def test_the_nearest_default_wins():
    assert TREE.defaults(A) == {"kind": "repair", "urgency": "urgent"}
    assert TREE.defaults(B) == {"kind": "repair", "urgency": "critical", "tags": ["维修"]}


@pytest.mark.parametrize("gone", [C, D, E])
def test_what_is_put_away_or_lies_below_it_takes_no_tickets(gone):
    with pytest.raises(InvalidInput) as caught:
        TREE.offer(gone)
    assert caught.value.code == "category.unknown"
    assert list(caught.value.details["errors"]) == ["category_id"]
    assert TREE.offer(B).category_id == B


def test_no_category_lies_below_itself():
    for parent in (A, B, D):
        with pytest.raises(InvalidInput) as caught:
            check_place(LINE, A, parent)
        assert caught.value.code == "category.circle"


def test_the_tree_is_four_deep_and_no_deeper():
    check_place(LINE, None, C)
    with pytest.raises(Conflict) as caught:
        check_place(LINE, None, D)
    assert caught.value.code == "category.too_deep"
    # What is moved takes along what lies below it.
    with pytest.raises(Conflict):
        check_place({**LINE, E: None}, A, E)
    check_place({**LINE, E: None}, D, E)


def test_a_parent_that_is_not_there_is_refused():
    with pytest.raises(InvalidInput) as caught:
        check_place(LINE, None, uuid4())
    assert caught.value.code == "category.unknown"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_no_sequence_of_moves_makes_a_circle_or_a_tree_too_deep(moves):
    ids = [UUID(int=n + 1) for n in range(10)]
    parents: dict[UUID, UUID | None] = dict.fromkeys(ids)
    for child, parent in moves:
        try:
            check_place(parents, ids[child], ids[parent])
        except (Conflict, InvalidInput):
            continue
        parents[ids[child]] = ids[parent]
    tree = Tree(Node(one, parent, "分类") for one, parent in parents.items())
    assert all(1 <= len(tree.line(one)) <= DEEPEST for one in ids)


def test_all_that_is_wrong_with_defaults_is_named():
    with pytest.raises(InvalidInput) as caught:
        read_defaults({"kind": "wish", "group_id": "x", "tags": "维修", "color": "red"})
    assert set(caught.value.details["errors"]) == {
        "defaults.kind",
        "defaults.group_id",
        "defaults.tags",
        "defaults.color",
    }


def test_empty_defaults_are_none():
    assert read_defaults({"kind": None, "tags": [], "urgency": "urgent"}) == {"urgency": "urgent"}


def test_a_name_must_say_something():
    with pytest.raises(InvalidInput):
        read_names({"name_zh": " "})
    assert read_names({"name_zh": " 售后 ", "name_en": ""}) == {"name_zh": "售后", "name_en": None}


def test_categories_are_named_by_id_by_name_and_by_path():
    other, below = uuid4(), uuid4()
    tree = Tree(
        [
            Node(A, None, "售后", "After-sales"),
            Node(B, A, "维修", "Repair"),
            Node(C, B, "手机"),
            Node(other, None, "维修"),
            Node(below, other, "手机"),
        ]
    )
    assert tree.named(str(C).upper()) == [C]
    assert tree.named("售后") == [A]
    for path in ("售后/维修", " 售后 › 维修 ", "售后／维修/", "after-sales > REPAIR"):
        assert tree.named(path) == [B], path
    assert set(tree.named("维修")) == {B, other}
    assert tree.named("售后/维修/手机") == [C]
    assert set(tree.named("维修/手机")) == {C, below}
    assert tree.named("修") == tree.named("手机/维修") == tree.named(" / ") == []
