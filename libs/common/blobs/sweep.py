"""Blobs without a row: what a crash leaves between storing a blob and committing its row."""

from collections.abc import Callable
from datetime import datetime, timedelta

from libs.common.blobs.store import Blobs

KEPT = timedelta(hours=48)
_BATCH = 500
_DAYS = 30  # how far back a sweep looks


def sweep_unknown(
    blobs: Blobs, owner: str, now: datetime, known: Callable[[list[str]], set[str]]
) -> int:
    """Delete the owner's blobs older than 48 hours that `known` does not return; how many."""
    removed = blobs.sweep_unfinished(KEPT)
    last = (now - KEPT).date() - timedelta(days=1)  # the youngest day that is over for 48 hours
    for day in (last - timedelta(days=back) for back in range(_DAYS)):
        keys = list(blobs.list_day(owner, day))
        for start in range(0, len(keys), _BATCH):
            some = keys[start : start + _BATCH]
            for key in set(some) - known(some):
                blobs.delete(key)
                removed += 1
    return removed
