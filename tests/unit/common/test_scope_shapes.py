"""What is built for one actor serves all of the same shape, each with the own ids."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Uuid, column, select
from sqlalchemy.dialects import postgresql

from libs.common.actor import Actor
from libs.common.scope import ScopeColumns, branches, watched_ids
from libs.common.scope_shapes import ShapedStatement, shape_of

# Few, so that the same id often stands in several places.
IDS = [uuid4() for _ in range(4)]
SCOPED = ScopeColumns(
    column("assignee", Uuid),
    column("group", Uuid),
    column("department", Uuid),
    column("region", Uuid),
    column("requester", Uuid),
    watched_by=lambda ids: column("watchers", postgresql.ARRAY(Uuid)).overlap(ids),
)

some_ids = st.lists(st.sampled_from(IDS), max_size=4)
actors = st.builds(
    lambda subject, scopes: Actor(subject, "李雷", scopes=scopes),
    st.none() | st.sampled_from(IDS),
    st.fixed_dictionaries(
        {"tickets": st.sampled_from(["own", "group", "department", "region", "all", "requested"])},
        optional={
            "pools": st.booleans(),
            "requester": st.sampled_from(IDS).map(str),
            "groups": some_ids.map(lambda ids: [str(one) for one in ids]),
            "departments": some_ids,
            "regions": some_ids,
            "watches": some_ids | st.just(["odd"]),
        },
    ),
)


def statement_of(actor: Actor) -> Any:
    parts = branches(actor, SCOPED) + branches(actor, SCOPED, {"assignee": actor.subject})
    urgent = column("urgency").in_(["urgent", "critical"])
    return select(column("n"), *parts).where(urgent)


def as_it_is(actor: Actor) -> tuple[str, dict[str, Any]]:
    compiled = statement_of(actor).compile(
        dialect=postgresql.dialect(paramstyle="pyformat"),
        compile_kwargs={"render_postcompile": True},
    )
    return str(compiled), {name: listed(value) for name, value in compiled.params.items()}


def listed(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


@given(actors)
def test_it_is_the_statement_of_the_actor_itself(actor: Actor):
    shaped = ShapedStatement(statement_of(shape_of(actor).stand_in()))
    sql, params = as_it_is(actor)
    assert shaped.sql == sql
    assert shaped.params_of(actor) == params


@given(actors, actors)
def test_actors_of_one_shape_have_the_same_statement_with_other_ids(one: Actor, other: Actor):
    if shape_of(one) == shape_of(other):
        assert as_it_is(one)[0] == as_it_is(other)[0]
    shaped = ShapedStatement(statement_of(shape_of(one).stand_in()))
    assert shaped.params_of(one) == as_it_is(one)[1]


def test_rights_are_part_of_the_shape():
    may = Actor(IDS[0], "李雷", scopes={"tickets": "own"}, permissions=frozenset({"ticket.delete"}))
    may_not = Actor(IDS[1], "韩梅梅", scopes={"tickets": "own"})
    assert shape_of(may) != shape_of(may_not)
    assert shape_of(may).stand_in().may("ticket.delete")


def test_what_is_no_id_has_no_place():
    actor = Actor(None, "", scopes={"tickets": "own", "pools": True, "groups": ["odd", None]})
    assert shape_of(actor).lengths == (0, 0, 0, 0)
    assert watched_ids(shape_of(actor).stand_in()) == ()


def test_ids_of_lists_are_filled_in():
    watches = [UUID(int=7_000), UUID(int=7_001)]
    actor = Actor(IDS[0], "李雷", scopes={"tickets": "own", "watches": watches})
    shaped = ShapedStatement(statement_of(shape_of(actor).stand_in()))
    assert [IDS[0], *watches] in shaped.params_of(actor).values()
