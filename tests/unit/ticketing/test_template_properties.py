"""Whatever definition is accepted: it round-trips, keeps what it accepts, and hides completely."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.errors import InvalidInput
from services.ticketing.domain.templates import parse_definition
from services.ticketing.domain.templates.reading import TYPES
from tests.unit.ticketing.template_making import choices, field, photo

KEYS = ("a", "b", "c", "d")
WORDS = ("x", "y", "7", "")
SCALARS = st.one_of(
    st.sampled_from([*WORDS, None, True, 0, 7, 2.5, -1, "2026-01-31", "09:30", "13900139000"]),
    st.text(max_size=8),
    st.integers(-9, 9),
    st.floats(allow_nan=True),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.fixed_dictionaries({"text": SCALARS}, optional={"lng": SCALARS, "lat": SCALARS}),
    st.lists(st.fixed_dictionaries({"p": SCALARS}, optional={"q": SCALARS}), max_size=3),
    st.just([photo()]),
)
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "choice": st.just(choices("x", "y")),
    "tree_choice": st.just(choices("x", "y")),
    "multi_choice": st.just(choices("x", "y")),
    "table": st.just({"columns": [field("p"), field("q", "number", required=True)]}),
    "number": st.fixed_dictionaries({}, optional={"min": st.integers(-5, 5), "max": st.just(6)}),
}


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    subject = draw(st.sampled_from([*(f"fields.{key}" for key in KEYS), "kind", "urgency"]))
    if subject == "kind":
        return {"field": subject, "op": "is", "value": draw(st.sampled_from(["repair", "inquiry"]))}
    if subject == "urgency":
        return {"field": subject, "op": "is", "value": "urgent"}
    op = draw(st.sampled_from(["is", "is_not", "is_set", "is_not_set"]))
    return {"field": subject, "op": op} | ({} if "set" in op else {"value": "x"})


CONDITIONS = st.one_of(
    st.none(),
    comparisons(),
    st.builds(
        lambda kind, parts: {kind: parts},
        st.sampled_from(["all", "any", "none"]),
        st.lists(comparisons(), min_size=1, max_size=3),
    ),
)


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    fields = []
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1)):
        type = draw(st.sampled_from(TYPES))
        fields.append(
            field(
                key,
                type,
                required=draw(st.booleans()),
                visible_when=draw(CONDITIONS),
                required_when=draw(CONDITIONS),
                options=draw(OPTIONS.get(type, st.just({}))),
            )
        )
    keys = st.lists(st.sampled_from(KEYS), max_size=2)
    return {"fields": fields, "requirements": {"solve": {"fields": draw(keys)}}}


def accepted(raw: dict[str, Any]) -> Any:
    try:
        return parse_definition(raw)
    except InvalidInput:
        return None


@settings(max_examples=100, deadline=None)
@given(definitions())
def test_what_is_accepted_reads_the_same_from_its_json(raw):
    if (definition := accepted(raw)) is not None:
        stored = orjson.loads(orjson.dumps(definition.as_json()))
        assert parse_definition(stored) == definition
        assert parse_definition(stored).as_json() == stored


@settings(max_examples=100, deadline=None)
@given(definitions(), st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_values_that_are_accepted_are_stored_and_read_equal(raw, values):
    if (definition := accepted(raw)) is None:
        return
    kept, faults = definition.read(values)
    assert {path[7:8] for path in faults} | kept.keys() == values.keys() & {
        one.key for one in definition.fields
    }
    stored = orjson.loads(orjson.dumps(kept))
    assert stored == kept
    assert definition.read(stored) == (kept, {})


@settings(max_examples=100, deadline=None)
@given(
    definitions(),
    st.dictionaries(st.sampled_from(KEYS), SCALARS),
    st.sampled_from(["repair", "inquiry"]),
    st.sampled_from(["create", "solve", "close"]),
)
def test_what_does_not_show_is_never_asked_for(raw, values, kind, stage):
    if (definition := accepted(raw)) is None:
        return
    facts = {"kind": kind, "urgency": "normal", "channel": "phone"}
    shown = {f"fields.{key}" for key in definition.visible(values, facts)}
    assert definition.missing(stage, values, facts).keys() <= shown
    hidden = {key: values[key] for key in values if f"fields.{key}" not in shown}
    others = {key: value for key, value in values.items() if key not in hidden}
    # Nor does its value make any difference.
    assert definition.visible(others, facts).keys() == definition.visible(values, facts).keys()
    assert definition.missing(stage, others, facts).keys() == (
        definition.missing(stage, values, facts).keys()
    )
