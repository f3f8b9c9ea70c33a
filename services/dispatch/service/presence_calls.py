"""People say whether they are there, and their consoles that they are alive."""

from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query, signal
from libs.common.errors import Forbidden
from services.dispatch.queries.people import get_presence
from services.dispatch.service import arguments as args
from services.dispatch.service.answers import told
from services.dispatch.use_cases import presence

Json = dict[str, Any]


class PresenceCalls:
    """A part of dispatch's RPC class."""

    @query("presence.own")
    def get_own_presence(self, call: Call) -> Json:
        """State, whether anything new comes (if not, why), load and capacity."""
        return get_presence(call.uow.session, _own_id(call.actor), call.now)

    @command("presence.own")
    def set_own_presence(self, call: Call, *, state: Any) -> Json:
        """Online, busy, away or offline; counts as a heartbeat."""
        return _set(call, _own_id(call.actor), state, is_own=True)

    @signal("presence.own")
    def heartbeat(self, call: Call) -> Json:
        """The console is alive."""
        person_id = _own_id(call.actor)
        presence.heartbeat(call.uow, call.now, person_id=person_id)
        return get_presence(call.uow.session, person_id, call.now)

    @command("dispatch.manage")
    def set_presence(self, call: Call, *, person_id: Any, state: Any) -> Json:
        """Somebody else's; no heartbeat."""
        return _set(call, args.uuid_of("person_id", person_id), state, is_own=False)


def _own_id(actor: Actor) -> UUID:
    if actor.subject is None:
        raise Forbidden("presence.nobody", "only people are present")
    return actor.subject


def _set(call: Call, person_id: UUID, state: Any, *, is_own: bool) -> Json:
    step = presence.set_presence(
        call.uow, call.now, person_id=person_id, state=state, is_own=is_own
    )
    shown = get_presence(call.uow.session, person_id, call.now)
    before, after = {"state": step.was or "offline"}, {"state": step.state}
    return shown | told(person_id, before, after)
