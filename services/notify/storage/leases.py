"""Who may say what has become of a row that is being sent."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Lease:
    """One claim of one delivery or code: settling does nothing once another has claimed it."""

    leased_id: UUID
    owner: UUID
