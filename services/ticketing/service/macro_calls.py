"""Macros (宏): named lists of actions that people carry out by hand, as a whole or not at all."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.queries.confidential import reporting_number
from services.ticketing.queries.kept_lists import list_kept
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed
from services.ticketing.service.kept_answers import (
    kept_changed,
    kept_made,
    kept_removed,
    kept_shown,
)
from services.ticketing.storage.kept_rows import MACRO
from services.ticketing.use_cases import macros
from services.ticketing.use_cases.keeping_shared import get_kept, remove_kept

Json = dict[str, Any]


class MacroCalls:
    """Who carries one out needs the right to each of its steps."""

    config: Config

    @query("macro.use")
    def list_macros(
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
        return list_kept(call.uow.session, MACRO, call.actor, wanted, sort, limit, cursor)

    @query("macro.use")
    def get_macro(self, call: Call, *, macro_id: str) -> Json:
        """One."""
        wanted = args.uuid_of("macro_id", macro_id)
        return kept_shown(call, MACRO, get_kept(call.uow.session, MACRO, call.actor, wanted))

    @command("macro.use")
    def create_macro(self, call: Call, *, values: Json) -> Json:
        """A new one."""
        given = args.object_of("values", values)
        return kept_made(call, MACRO, macros.create_macro(call.uow, call.actor, call.now, given))

    @command("macro.use")
    def replace_macro(
        self, call: Call, *, macro_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole macro anew."""
        before, after = macros.replace_macro(
            call.uow,
            call.actor,
            call.now,
            args.uuid_of("macro_id", macro_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return kept_changed(call, MACRO, before, after)

    @command("macro.use")
    def remove_macro(self, call: Call, *, macro_id: str, version: int | None = None) -> Json:
        """It is no more."""
        before = remove_kept(
            call.uow,
            MACRO,
            call.actor,
            args.uuid_of("macro_id", macro_id),
            args.optional_count("version", version),
        )
        return kept_removed(MACRO, before)

    @query("macro.use")
    def try_macro(self, call: Call, *, macro_id: str, number: str) -> Json:
        """What it would do with a ticket now, step by step; nothing is changed."""
        _, tried = macros.try_macro(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            macro_id=args.uuid_of("macro_id", macro_id),
            number=args.number_of(number),
        )
        steps = [_show(one) for one in tried]
        shown = {"can_apply": all(one["refusal"] is None for one in steps), "steps": steps}
        return reporting_number(shown, call.uow, call.actor, args.number_of(number), "text")

    @command("macro.use")
    def apply_macro(
        self, call: Call, *, number: str, macro_id: str, version: int | None = None
    ) -> Json:
        """Carry all of it out, or none."""
        ticket, macro = macros.apply_macro(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            macro_id=args.uuid_of("macro_id", macro_id),
            number=args.number_of(number),
            version=args.optional_count("version", version),
        )
        answer = changed(call, ticket)
        answer["audit"]["after"]["macro"] = macro["name"]
        return answer


def _show(one: macros.Tried) -> Json:
    refusal = one.refusal and {"code": one.refusal.code, "message": one.refusal.message}
    return {
        "action": one.step.as_json(),
        "missing": list(one.missing),
        "refusal": refusal,
        "is_reached": one.is_reached,
    }
