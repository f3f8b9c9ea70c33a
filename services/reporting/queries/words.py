"""The vocabulary of reports, for consoles that let people choose."""

from typing import Any

from services.reporting.domain.metrics import METRICS
from services.reporting.domain.vocabulary import (
    COMPARISONS,
    DIMENSIONS,
    FILTERS,
    LABELS,
    SCORE,
    UNITS,
)
from services.reporting.queries.reports import show_metric


def list_metrics(language: str) -> dict[str, Any]:
    """Metrics, dimensions and units with their names, and the keys of filters."""
    place = 1 if language == "en" else 0
    return {
        "metrics": [show_metric(metric, language) for metric in METRICS.values()],
        "dimensions": [{"key": key, "label": LABELS[key][place]} for key in DIMENSIONS],
        "units": [{"key": key, "label": LABELS[key][place]} for key in UNITS],
        "filters": [*FILTERS, SCORE],
        "comparisons": list(COMPARISONS),
    }
