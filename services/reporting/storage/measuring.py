"""Measures, dimensions and spreads in SQL: one text for sums that are kept and for those that are
counted when asked for, so that both are equal.
"""

from services.reporting.domain.measures import MEASURES, SPREADS, Measure
from services.reporting.domain.vocabulary import CATEGORY, COLUMN_OF, STATUS

_COMPARED = {
    "is": "{column} = {value}",
    "known": "{column} IS NOT NULL",
    "at_least": "{column} >= {value}",
    "at_most": "{column} <= {value}",
}


def condition_of(measure: Measure) -> str:
    """Which acts it counts. Values are this module's own constants, never anybody's input."""
    parts = [f"acts.what = '{measure.what}'"]
    for column, comparison, value in measure.given:
        shown = "true" if value is True else f"'{value}'" if isinstance(value, str) else str(value)
        parts.append(_COMPARED[comparison].format(column=f"acts.{column}", value=shown))
    return " AND ".join(parts)


def sum_of(measure: Measure) -> str:
    """As an aggregate over acts; 0 of none."""
    condition = condition_of(measure)
    if measure.adds is None:
        return f"count(*) FILTER (WHERE {condition})"
    return f"coalesce(sum(acts.{measure.adds}) FILTER (WHERE {condition}), 0)::bigint"


def key_of(table: str, dimension: str | None) -> str:
    """The key by which a dimension groups acts or stays; '' for what has none.

    Of the category: with `nodes_of` joined.
    """
    if dimension is None:
        return "''"
    if dimension == CATEGORY:
        return "node.key"
    return f"coalesce({table}.{column_of(dimension)}::text, '')"


def nodes_of(table: str) -> str:
    """For joining: a row for the ticket's category and for each above it, one for none."""
    path = f"{table}.category_path"
    keys = f"CASE WHEN {path} = '{{}}' THEN ARRAY[''] ELSE {path}::text[] END"
    return f" CROSS JOIN LATERAL unnest({keys}) AS node (key)"


def column_of(dimension: str) -> str:
    """The column of acts and stays; the status of stays alone."""
    return STATUS if dimension == STATUS else COLUMN_OF[dimension]


# `seconds` as medians count it: whole minutes, and of more than 999 of them the first three digits.
ROUNDED = (
    "(CASE WHEN {0} < 60000 THEN {0} / 60 "
    "WHEN {0} < 600000 THEN {0} / 600 * 10 "
    "WHEN {0} < 6000000 THEN {0} / 6000 * 100 "
    "WHEN {0} < 60000000 THEN {0} / 60000 * 1000 "
    "ELSE {0} / 600000 * 10000 END)::integer"
)

SUMMED = tuple(MEASURES)
SUMS = ", ".join(f"{sum_of(measure)} AS {name}" for name, measure in MEASURES.items())
AGENTS = f"count(DISTINCT acts.agent_id) FILTER (WHERE {condition_of(MEASURES['solved'])})"


def spread_rows(names: list[str]) -> str:
    """For LATERAL: each of an act's durations that these spreads count, as (spread, minutes)."""
    rows = []
    for name in names:
        what, column = SPREADS[name]
        rows.append(
            f"SELECT '{name}' AS spread, {ROUNDED.format(f'acts.{column}')} AS minutes "
            f"WHERE acts.what = '{what}' AND acts.{column} IS NOT NULL"
        )
    return " UNION ALL ".join(rows)
