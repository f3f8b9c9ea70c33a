"""People, and what is set for them; handing over all that they have."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.dispatch.queries import agents as agent_queries
from services.dispatch.queries.shapes import show_leave
from services.dispatch.service import arguments as args
from services.dispatch.service.answers import changed, told
from services.dispatch.use_cases.configuration import agents, leaves
from services.dispatch.use_cases.hand_over_work import hand_over_work

Json = dict[str, Any]


class AgentCalls:
    """A part of dispatch's RPC class."""

    @query("dispatch.read")
    def list_agents(
        self,
        call: Call,
        *,
        q: Any = None,
        group_id: Any = None,
        limit: Any = 50,
        cursor: Any = None,
    ) -> Json:
        """Active staff by name."""
        return agent_queries.list_agents(
            call.uow.session,
            call.now,
            q=args.optional_text("q", q),
            group_id=args.optional_uuid("group_id", group_id),
            limit=args.limit_of(limit, agent_queries.MOST),
            cursor=args.optional_text("cursor", cursor),
        )

    @query("dispatch.read")
    def get_agent(self, call: Call, *, person_id: Any) -> Json:
        """One of them."""
        return _show(call, args.uuid_of("person_id", person_id))

    @command("dispatch.manage")
    def edit_agent(self, call: Call, *, person_id: Any, changes: Any, version: Any = None) -> Json:
        """Set some of what is set for a person."""
        wanted = args.uuid_of("person_id", person_id)
        change = agents.edit_agent(
            call.uow,
            person_id=wanted,
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
        )
        return _show(call, wanted) | changed(wanted, change)

    @command("dispatch.manage")
    def add_leave(
        self, call: Call, *, person_id: Any, starts_at: Any, ends_at: Any, reason: Any = None
    ) -> Json:
        """The person is away from then to then."""
        change = leaves.add_leave(
            call.uow,
            call.now,
            person_id=args.uuid_of("person_id", person_id),
            starts_at=args.instant_of("starts_at", starts_at),
            ends_at=args.instant_of("ends_at", ends_at),
            reason=args.optional_text("reason", reason),
        )
        return show_leave(change.row) | changed(change.row.leave_id, change)

    @command("dispatch.manage")
    def remove_leave(self, call: Call, *, leave_id: Any) -> Json:
        """The person is there after all."""
        wanted = args.uuid_of("leave_id", leave_id)
        return changed(wanted, leaves.remove_leave(call.uow, leave_id=wanted))

    @command("dispatch.manage")
    def hand_over(
        self, call: Call, *, person_id: Any, reason: Any, to_person_id: Any = None
    ) -> Json:
        """Have all that a person works on taken by another, or given out anew: {count}."""
        wanted = args.uuid_of("person_id", person_id)
        heir = args.optional_uuid("to_person_id", to_person_id)
        count = hand_over_work(
            call.uow,
            call.now,
            person_id=wanted,
            reason=args.text_of("reason", reason),
            to_person_id=heir,
        )
        after = {"count": count, "to_person_id": str(heir) if heir else None}
        return {"count": count} | told(wanted, {}, after)


def _show(call: Call, person_id: UUID) -> Json:
    return agent_queries.get_agent(call.uow.session, person_id, call.now)
