"""Random conditions and facts for hypothesis: few words, so that they meet often."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from libs.common.conditions import FIELDS

IDS = [str(UUID(int=n)) for n in (1, 2, 3)]
# Places in a tree: each of the ids lies below the one before it.
PATHS = [IDS[: n + 1] for n in range(len(IDS))]
TAGS = ["商家", "vip", "VIP", "a%", "app_crash"]
WORDS = [
    *(
        "a",
        "A",
        "ab",
        "App",
        "APP 崩溃",
        "崩溃",
        "100%",
        "a_c",
        "abc",
        "\\",
        "a\\b",
        ".*",
        "^a",
        "$",
    ),
    *(
        "é",
        "É",
        "ß",
        "SS",
        "ſ",
        "K",
        "ǆ",
        "ǅ",
        "Ａ",
        "ａ",
        "İ",
        "i",
        "Σ",
        "ς",
        "д",
        "[a]",
        "***=",
        "(?i)a",
    ),
    *(" a", "a\nb", "-", "]", "'", '"', "{1}"),
]
NUMBERS: list[Any] = [-1, 0, 1, 1.0, 1.5, 2, 0.1, 10**15, -2.5, 2**53, 2.0**53]
INSTANT = datetime(2026, 1, 31, 9, tzinfo=UTC)
INSTANTS = [INSTANT + timedelta(seconds=n) for n in (-86_400, -1, 0, 0.000001, 1, 3_600)]
CUSTOM = ["fields.型号", "fields.a.b", "fields.n"]

_WORD = st.sampled_from(WORDS)
_TEXT = st.one_of(
    _WORD, st.lists(_WORD, max_size=4).map("".join), st.text("aAbBé%_崩溃 ", max_size=8)
)
_SCALAR: st.SearchStrategy[Any] = st.one_of(_WORD, st.sampled_from(NUMBERS), st.booleans())
_OPEN = {
    "channel": ["web_form", "mail", "mail2"],
    "tier": ["vip", "normal", "gold"],
    "language": ["zh", "en"],
}


def _values(name: str, op: str) -> st.SearchStrategy[Any]:
    if name.startswith("fields."):
        return _custom_values(op)
    field = FIELDS[name]
    match field.type:
        case "choice" | "rank":
            return st.sampled_from(_OPEN.get(name) or list(field.choices or ()))
        case "id" | "tree":
            return st.sampled_from(IDS)
        case "text":
            return _WORD
        case "list":
            return st.sampled_from(TAGS)
        case "instant":
            return st.sampled_from([one.isoformat() for one in INSTANTS])
        case _:
            low, high = field.range or (0, 0)
            return st.sampled_from([low - 1, low, low + 0.5, low + 1, low + 2, high, high + 1])


def _custom_values(op: str) -> st.SearchStrategy[Any]:
    if op in ("gt", "ge", "lt", "le", "between"):
        return st.sampled_from(NUMBERS)
    return _WORD if op in ("contains", "not_contains", "starts_with") else _SCALAR


@st.composite
def comparisons(draw: st.DrawFn, names: list[str] | None = None) -> dict[str, Any]:
    """One comparison that is well formed."""
    name = draw(st.sampled_from(names or [*FIELDS, *CUSTOM]))
    ops = FIELDS[name].ops if name in FIELDS else CUSTOM_OPS
    op = draw(st.sampled_from(ops))
    if op in ("is_set", "is_not_set"):
        return {"field": name, "op": op}
    values = _values(name, op)
    if op == "between":
        pair = draw(st.lists(values, min_size=2, max_size=2))
        order = list(FIELDS[name].choices or ()).index if name == "urgency" else _same
        return {"field": name, "op": op, "value": sorted(pair, key=order)}
    if op in ("in", "not_in") or op.startswith("has_"):
        return {"field": name, "op": op, "value": draw(st.lists(values, min_size=1, max_size=3))}
    return {"field": name, "op": op, "value": draw(values)}


CUSTOM_OPS = (
    *("is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with"),
    *("has_any", "has_all", "has_none", "gt", "ge", "lt", "le", "between", "is_set", "is_not_set"),
)


def _same(value: Any) -> Any:
    return value


def conditions(names: list[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Nested ones, at most five groups deep; some can never hold."""
    node: st.SearchStrategy[dict[str, Any]] = comparisons(names)
    for _ in range(3):
        node = st.one_of(node, _groups(node))
    return node


def _groups(node: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    many, some = st.lists(node, max_size=4), st.lists(node, min_size=1, max_size=4)
    return st.one_of(
        many.map(lambda parts: {"all": parts}),
        some.map(lambda parts: {"any": parts}),
        many.map(lambda parts: {"none": parts}),
    )


def _or_none(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, values, values, st.none())


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Those of a ticket, some of them null, missing or empty."""
    known: dict[str, Any] = {}
    for name, field in FIELDS.items():
        values: st.SearchStrategy[Any]
        match field.type:
            case "choice" | "rank":
                values = st.sampled_from([*(field.choices or ()), *_OPEN.get(name, ())])
            case "id":
                values = st.sampled_from(IDS)
            case "tree":
                values = st.sampled_from([[], *PATHS])
            case "text":
                values = _TEXT
            case "list":
                values = st.lists(st.sampled_from(TAGS), max_size=3)
            case "instant":
                values = st.sampled_from(INSTANTS)
            case _:
                values = st.integers(*(field.range or (0, 0)))
        known[name] = draw(_or_none(values))
    held = st.one_of(st.none(), _TEXT, _SCALAR, st.lists(_SCALAR, max_size=3))
    names = [name.removeprefix("fields.") for name in CUSTOM]
    known["fields"] = draw(st.dictionaries(st.sampled_from(names), held))
    return known
