"""Documents that customers are asked for by a link."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.ticketing.queries import materials as queries
from services.ticketing.queries.confidential import reason_for, reporting
from services.ticketing.queries.together_shapes import (
    show_material,
    show_material_page,
    without_words,
)
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import staged
from services.ticketing.use_cases import materials

Json = dict[str, Any]


class MaterialCalls:
    """`material.open` and `material.send` are the gateway's own: it asks for whoever has a link."""

    @query("ticket.read")
    def list_materials(self, call: Call, *, number: str) -> Json:
        """What was asked for, and whether it has come."""
        return queries.list_materials(call.uow, call.actor, args.number_of(number), call.now)

    @command("ticket.reply")
    def request_material(
        self,
        call: Call,
        *,
        number: str,
        text: str,
        kinds: list[str],
        max_files: int,
        days: int,
        site: str,
        status: str | None = None,
    ) -> Json:
        """Write to the customer with a link to upload by."""
        ticket, request, link = materials.request_material(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            kinds=kinds,
            max_files=args.count_of("max_files", max_files),
            days=args.count_of("days", days),
            site=site,
            status=status,
        )
        after = {"kinds": request.kinds, "max_files": request.max_files, "days": days}
        trace = {"object": ticket.number, "before": {}, "after": after}
        return show_material(request, call.now) | {"link": link, "audit": trace}

    @command("ticket.reply")
    def revoke_material(self, call: Call, *, number: str, request_id: str) -> Json:
        """The link shall lead nowhere any more."""
        ticket, request = materials.revoke_material(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            request_id=args.uuid_of("request_id", request_id),
        )
        trace = {"object": ticket.number, "before": {}, "after": {"state": request.state}}
        shown = show_material(request, call.now)
        if reason_for(ticket, call.actor):
            shown = without_words(shown)
        return reporting(shown, [ticket], call.actor, "materials") | {"audit": trace}

    @query("material.open")
    def get_material_page(self, call: Call, *, token: str) -> Json:
        """What a link leads to."""
        return queries.get_material_page(call.uow, token, call.now)

    @command("material.send")
    def stage_material(
        self,
        call: Call,
        *,
        token: str,
        blob_key: str,
        name: str,
        media_type: str,
        size: int,
        sha256: str,
        scan_state: str | None = None,
    ) -> Json:
        """One file, which waits for the others."""
        file = materials.stage_material(
            call.uow,
            call.actor,
            call.now,
            token=token,
            blob_key=blob_key,
            name=name,
            media_type=media_type,
            size=args.count_of("size", size),
            sha256=sha256,
            scan_state=scan_state,
        )
        return staged(file)

    @command("material.send")
    def send_material(
        self,
        call: Call,
        *,
        token: str,
        attachment_ids: list[str],
        note: str | None = None,
    ) -> Json:
        """All is there."""
        ticket, request = materials.send_material(
            call.uow,
            call.actor,
            call.now,
            token=token,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
            note=note,
        )
        return show_material_page(request, ticket.number, call.now)
