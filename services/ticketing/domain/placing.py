"""Where in the organisation a ticket is, and where it moves when it changes hands."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Team:
    """A group of agents, as far as its tickets need to know it."""

    group_id: UUID
    name: str
    department_id: UUID | None = None
    region_id: UUID | None = None


@dataclass(frozen=True)
class Colleague:
    """Where somebody works; `team` is the first of the groups that can have tickets."""

    group_ids: tuple[UUID, ...] = ()
    team: Team | None = None
    department_id: UUID | None = None
    region_id: UUID | None = None
    is_active: bool = True


@dataclass(frozen=True)
class Place:
    """The group, department and region that a ticket belongs to."""

    group_id: UUID | None = None
    group_name: str | None = None
    department_id: UUID | None = None
    region_id: UUID | None = None

    def in_team(self, team: Team) -> "Place":
        """Passed to a group; the region stays where the group has none."""
        region_id = team.region_id or self.region_id
        return Place(team.group_id, team.name, team.department_id, region_id)

    def with_colleague(self, colleague: Colleague | None) -> "Place":
        """Given to somebody: stays in a group of theirs, else goes where they work.

        Nothing changes for somebody of whom nothing is known yet.
        """
        if colleague is None or self.group_id in colleague.group_ids:
            return self
        team = colleague.team
        region_id = colleague.region_id or self.region_id
        if team is None:
            return Place(department_id=colleague.department_id, region_id=region_id)
        return Place(
            group_id=team.group_id,
            group_name=team.name,
            department_id=team.department_id or colleague.department_id,
            region_id=team.region_id or region_id,
        )
