"""How a stream begins: where it goes on, and what it has missed."""

from dataclasses import dataclass

from gateway.auth.lookups import Lookups
from gateway.live.seeing import Batch, Viewer, frame
from gateway.live.storage import bounds, read_after

_MOST_MISSED = 2_000  # updates; whoever has missed more reads everything anew in less time
_RETRY = b"retry: 2000\n"  # milliseconds after which a browser connects again


@dataclass(frozen=True)
class Beginning:
    """The first bytes of a stream, how far it is then, and whether they told of any update."""

    text: bytes
    position: int
    has_updates: bool


def begin(lookups: Lookups, viewer: Viewer, position: int | None) -> Beginning:
    """From the newest on, or from the position that the client has reached before.

    If that is no longer kept, `reset` says that anything may have happened.
    """
    if position is None:
        return _anew(lookups, "ready")
    rows = read_after(lookups, position, _MOST_MISSED + 1)
    # After the rows: what is forgotten meanwhile was read, or is found to be missing.
    forgotten_to, newest = bounds(lookups)
    if not forgotten_to <= position <= newest or len(rows) > _MOST_MISSED:
        return _anew(lookups, "reset")
    missed = Batch(rows)
    told = missed.frames_for(viewer, position)
    text = _RETRY + frame(position, {"position": position}, "ready") + told
    return Beginning(text, max(position, missed.last_id), bool(told))


def _anew(lookups: Lookups, event: str) -> Beginning:
    _, newest = bounds(lookups)
    text = _RETRY + frame(newest, {"position": newest}, event)
    # A reset is news, too: whoever has waited for some need not wait longer.
    return Beginning(text, newest, event == "reset")
