"""Skills and shifts: what agents may have."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.dispatch.queries import configuration
from services.dispatch.queries.shapes import show_shift, show_skill
from services.dispatch.service import arguments as args
from services.dispatch.service.answers import changed
from services.dispatch.use_cases.configuration import shifts, skills

Json = dict[str, Any]


class SkillCalls:
    """A part of dispatch's RPC class."""

    @query("dispatch.read")
    def list_skills(self, call: Call, *, include_inactive: Any = False) -> Json:
        """By name."""
        wanted = args.flag_of("include_inactive", include_inactive)
        return configuration.list_skills(call.uow.session, include_inactive=wanted)

    @command("dispatch.manage")
    def create_skill(self, call: Call, *, key: Any, name: Any) -> Json:
        """A skill with a key of its own."""
        change = skills.create_skill(call.uow, values={"key": key, "name": name})
        return show_skill(change.row) | changed(change.row.skill_id, change)

    @command("dispatch.manage")
    def edit_skill(self, call: Call, *, skill_id: Any, changes: Any, version: Any = None) -> Json:
        """Rename it, or (is_active) take it out of use."""
        change = skills.edit_skill(
            call.uow,
            skill_id=args.uuid_of("skill_id", skill_id),
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
        )
        return show_skill(change.row) | changed(change.row.skill_id, change)

    @query("dispatch.read")
    def list_shifts(self, call: Call) -> Json:
        """By name."""
        return configuration.list_shifts(call.uow.session)

    @command("dispatch.manage")
    def create_shift(self, call: Call, *, name: Any, zone: Any, weekly: Any) -> Json:
        """Weekly hours in a zone."""
        values = {"name": name, "zone": zone, "weekly": weekly}
        change = shifts.create_shift(call.uow, values=values)
        return show_shift(change.row) | changed(change.row.shift_id, change)

    @command("dispatch.manage")
    def edit_shift(self, call: Call, *, shift_id: Any, changes: Any, version: Any = None) -> Json:
        """Change some of it."""
        change = shifts.edit_shift(
            call.uow,
            shift_id=args.uuid_of("shift_id", shift_id),
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
        )
        return show_shift(change.row) | changed(change.row.shift_id, change)

    @command("dispatch.manage")
    def remove_shift(self, call: Call, *, shift_id: Any, version: Any = None) -> Json:
        """Only while nobody works by it."""
        wanted = args.uuid_of("shift_id", shift_id)
        change = shifts.remove_shift(
            call.uow, shift_id=wanted, version=args.optional_count("version", version)
        )
        return changed(wanted, change)
