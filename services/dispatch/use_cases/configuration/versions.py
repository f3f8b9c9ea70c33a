"""Two people never overwrite each other silently."""

from libs.common.errors import Stale


def demand_version(version: int | None, present: int) -> None:
    """Raise Stale where somebody has changed the thing since `version` was read."""
    if version is not None and version != present:
        raise Stale("version.stale", "somebody else has changed this", {"version": present})
