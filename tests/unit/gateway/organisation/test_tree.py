"""What may hang where."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.organisation.tree import MOST_LEVELS, MOST_UNITS, Tree, Unit, split_path
from libs.common.errors import DeskError
from libs.common.ids import uuid7

CHINA, EAST, SHANGHAI, SOUTH = (uuid7() for _ in range(4))


def regions(*more: Unit) -> Tree:
    known = [
        Unit(CHINA, None, "全国"),
        Unit(EAST, CHINA, "华东"),
        Unit(SHANGHAI, EAST, "上海"),
        Unit(SOUTH, CHINA, "华南"),
    ]
    return Tree("region", [*known, *more])


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(DeskError) as refusal:
        refused()
    return refusal.value.code


def test_a_unit_is_found_by_its_path_whatever_the_case() -> None:
    tree = Tree("department", [Unit(CHINA, None, "Service"), Unit(EAST, CHINA, "Team A")])
    assert tree.find(("service", "TEAM A")) == Unit(EAST, CHINA, "Team A")
    assert tree.find(("service", "Team B")) is None
    assert regions().path(SHANGHAI) == ("全国", "华东", "上海")


def test_what_lies_below_is_found_however_deep() -> None:
    assert set(regions().with_below(CHINA)) == {CHINA, EAST, SHANGHAI, SOUTH}
    assert regions().with_below(SHANGHAI) == [SHANGHAI]


def test_nothing_hangs_below_itself() -> None:
    for place in (CHINA, EAST, SHANGHAI):
        moved = Unit(CHINA, place, "全国")
        assert code_of(partial(regions().refuse_place, moved)) == "region.circle"


def test_a_move_that_makes_no_circle_is_allowed() -> None:
    regions().refuse_place(Unit(EAST, SOUTH, "华东"))
    regions().refuse_place(Unit(SHANGHAI, None, "上海"))


def test_a_name_stands_once_beside_its_siblings() -> None:
    taken = Unit(uuid7(), CHINA, "华东")
    assert code_of(lambda: regions().refuse_place(taken)) == "region.name_taken"
    regions().refuse_place(Unit(uuid7(), EAST, "华东"))
    regions().refuse_place(Unit(EAST, CHINA, "华东"))


def test_a_name_is_free_again_when_its_unit_is_no_longer_active() -> None:
    tree = regions(Unit(uuid7(), CHINA, "华北", is_active=False))
    tree.refuse_place(Unit(uuid7(), CHINA, "华北"))


def test_nothing_hangs_on_what_is_not_there_or_not_active() -> None:
    gone = uuid7()
    tree = regions(Unit(gone, CHINA, "华北", is_active=False))
    assert code_of(lambda: tree.refuse_place(Unit(uuid7(), uuid7(), "北京"))) == "region.unknown"
    assert code_of(lambda: tree.refuse_place(Unit(uuid7(), gone, "北京"))) == "region.inactive"


def chain(levels: int) -> list[Unit]:
    ids: list[UUID | None] = [None, *(uuid7() for _ in range(levels))]
    return [Unit(ids[n + 1], ids[n], f"层{n}") for n in range(levels)]


def test_a_tree_is_not_deeper_than_it_may_be() -> None:
    deep = chain(MOST_LEVELS)
    tree = Tree("department", deep)
    below = Unit(uuid7(), deep[-1].unit_id, "更深")
    assert code_of(lambda: tree.add(below)) == "department.too_deep"


def test_what_is_moved_takes_its_depth_along() -> None:
    deep, other = chain(MOST_LEVELS - 1), chain(2)
    tree = Tree("department", [*deep, *other])
    moved = Unit(deep[0].unit_id, other[1].unit_id, "层0")
    assert code_of(lambda: tree.refuse_place(moved)) == "department.too_deep"
    tree.refuse_place(Unit(deep[0].unit_id, other[0].unit_id, "层0"))


def test_there_are_only_so_many_active_units() -> None:
    many = [Unit(uuid7(), None, f"部门{n}") for n in range(MOST_UNITS)]
    tree = Tree("department", [*many, Unit(uuid7(), None, "旧部门", is_active=False)])
    assert code_of(lambda: tree.add(Unit(uuid7(), None, "新部门"))) == "department.too_many"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("售后部/上海组", ("售后部", "上海组")),
        (" 售后部 ／ 上海组 /", ("售后部", "上海组")),
        ("售后部", ("售后部",)),
        ("//", ()),
    ],
)
def test_a_written_path_is_its_names(text: str, path: tuple[str, ...]) -> None:
    assert split_path(text) == path


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), max_size=30))
def test_whatever_is_moved_every_unit_still_hangs_from_the_top(
    moves: list[tuple[int, int]],
) -> None:
    ids = [uuid7() for _ in range(8)]
    parents: dict[UUID, UUID | None] = dict.fromkeys(ids)

    def tree() -> Tree:
        return Tree("region", (Unit(one, parents[one], str(one)) for one in ids))

    for moved, below in moves:
        place = ids[below] if below >= 0 else None
        with suppress(DeskError):
            tree().refuse_place(Unit(ids[moved], place, str(ids[moved])))
            parents[ids[moved]] = place
    from_the_top = [one for top in ids if parents[top] is None for one in tree().with_below(top)]
    assert sorted(from_the_top) == sorted(ids)
