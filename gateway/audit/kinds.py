"""What is alarming, how much so, and from when on."""

from dataclasses import dataclass
from datetime import timedelta

SEVERITIES = ("notice", "warning", "critical")

# Kind → severity.
KINDS = {
    "brute_force": "warning",
    "new_place": "notice",
    "mass_reveal": "critical",
    "mass_export": "warning",
    "rights_raised": "warning",
    "token_reused": "critical",
}
# The same alert about the same person or address counts up instead of telling everybody again.
WINDOW = timedelta(hours=1)
# Told to the person concerned as well.
TOLD_TO_THE_PERSON = frozenset({"new_place"})

MASS_EXPORT_ROWS = 10_000


@dataclass(frozen=True)
class Threshold:
    """More than `most` of an action within `within` by one person raise an alert."""

    kind: str
    most: int
    within: timedelta


# Action (operationId) → what is too much of it.
WATCHED = {"reveal_contacts": Threshold("mass_reveal", 30, timedelta(minutes=10))}
