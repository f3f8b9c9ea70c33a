"""How groups stand, for those who lead them."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import query
from services.dispatch.queries import boards
from services.dispatch.service import arguments as args

Json = dict[str, Any]


class BoardCalls:
    """A part of dispatch's RPC class."""

    @query("board.read")
    def get_board(self, call: Call, *, group_id: Any = None) -> Json:
        """All groups, or one."""
        wanted = args.optional_uuid("group_id", group_id)
        return boards.get_board(call.uow, call.actor, call.now, wanted)

    @query("board.read")
    def get_group_board(self, call: Call, *, group_id: Any) -> Json:
        """One group with its people and what waits."""
        wanted = args.uuid_of("group_id", group_id)
        return boards.get_group_board(call.uow, call.actor, call.now, wanted)
