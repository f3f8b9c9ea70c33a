"""Canned replies (常用回复): everybody keeps their own; what others use too needs a right."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query, signal
from libs.common.config import Config
from services.ticketing.domain.variables import FIELDS, VARIABLES, Filled
from services.ticketing.queries.confidential import reporting_number
from services.ticketing.queries.kept_lists import list_folders, list_kept
from services.ticketing.service import arguments as args
from services.ticketing.service.kept_answers import (
    kept_changed,
    kept_made,
    kept_removed,
    kept_shown,
)
from services.ticketing.storage.kept_rows import CANNED_REPLY
from services.ticketing.use_cases import canned_replies
from services.ticketing.use_cases.keeping_shared import get_kept, remove_kept

Json = dict[str, Any]


class CannedReplyCalls:
    """Texts are filled in here alone, so that all clients say the same."""

    config: Config

    @query("canned_reply.use")
    def list_canned_replies(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        sort: str = "name",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Json:
        """Those that the caller may use."""
        wanted = args.object_of("filters", filters)
        return list_kept(call.uow.session, CANNED_REPLY, call.actor, wanted, sort, limit, cursor)

    @query("canned_reply.use")
    def list_reply_folders(self, call: Call) -> Json:
        """Folders with how many are in each."""
        return list_folders(call.uow.session, CANNED_REPLY, call.actor)

    @query("canned_reply.use")
    def list_text_variables(self, call: Call) -> Json:
        """What texts may hold; after `fields.` comes the key of any structured field."""
        return {"items": [{"name": name} for name in (*VARIABLES, FIELDS)]}

    @query("canned_reply.use")
    def get_canned_reply(self, call: Call, *, reply_id: str) -> Json:
        """One."""
        wanted = args.uuid_of("reply_id", reply_id)
        row = get_kept(call.uow.session, CANNED_REPLY, call.actor, wanted)
        return kept_shown(call, CANNED_REPLY, row)

    @command("canned_reply.use")
    def create_canned_reply(self, call: Call, *, values: Json) -> Json:
        """A new one."""
        given = args.object_of("values", values)
        row = canned_replies.create_canned_reply(call.uow, call.actor, call.now, given)
        return kept_made(call, CANNED_REPLY, row)

    @command("canned_reply.use")
    def replace_canned_reply(
        self, call: Call, *, reply_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole reply anew."""
        before, after = canned_replies.replace_canned_reply(
            call.uow,
            call.actor,
            call.now,
            args.uuid_of("reply_id", reply_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return kept_changed(call, CANNED_REPLY, before, after)

    @command("canned_reply.use")
    def remove_canned_reply(self, call: Call, *, reply_id: str, version: int | None = None) -> Json:
        """It is no more."""
        before = remove_kept(
            call.uow,
            CANNED_REPLY,
            call.actor,
            args.uuid_of("reply_id", reply_id),
            args.optional_count("version", version),
        )
        return kept_removed(CANNED_REPLY, before)

    @signal("canned_reply.use")
    def render_canned_reply(
        self, call: Call, *, reply_id: str, number: str, is_used: bool = False
    ) -> Json:
        """With a ticket's values; counted where it is used and not only looked at."""
        filled = canned_replies.render_canned_reply(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            reply_id=args.uuid_of("reply_id", reply_id),
            number=args.number_of(number),
            is_used=args.flag_of("is_used", is_used),
        )
        return reporting_number(_show(filled), call.uow, call.actor, args.number_of(number), "text")

    @query("canned_reply.use")
    def try_canned_reply(self, call: Call, *, body: str, number: str, language: str = "zh") -> Json:
        """The same for a text that is being written."""
        filled = canned_replies.try_canned_reply(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            body=body,
            language=language,
            number=args.number_of(number),
        )
        return reporting_number(_show(filled), call.uow, call.actor, args.number_of(number), "text")


def _show(filled: Filled) -> Json:
    return {"text": filled.text, "missing": list(filled.missing)}
