"""What belongs to a customer: the company, and what other systems know."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.intake.queries import companies, external_records
from services.intake.service import arguments as args
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.external_records import RecordShelf
from services.intake.use_cases import companies as company_changes
from services.intake.use_cases import external_records as record_changes

Json = dict[str, Any]


class SurroundingsCalls:
    """A part of intake's RPC class."""

    book: ContactBook
    shelf: RecordShelf

    @query("customer.read")
    def get_surroundings(self, call: Call, *, customer_id: str) -> Json:
        """Customer, company and newest records at once."""
        wanted = args.uuid_of("customer_id", customer_id)
        return external_records.get_surroundings(call.uow.session, self.book, self.shelf, wanted)

    @query("customer.read")
    def list_companies(
        self, call: Call, *, q: Any = None, limit: int = 25, cursor: Any = None
    ) -> Json:
        """A page of companies by name."""
        words, after = args.text_of("q", q), args.optional_text("cursor", cursor)
        return companies.list_companies(call.uow.session, words, int(limit), after)

    @query("customer.read")
    def get_company(self, call: Call, *, company_id: str) -> Json:
        """One company."""
        return companies.get_company(call.uow.session, args.uuid_of("company_id", company_id))

    @command("company.manage")
    def create_company(
        self, call: Call, *, name: Any, code: Any = None, remark: Any = None
    ) -> Json:
        """A new company."""
        row = company_changes.create_company(
            call.uow, call.now, name=name, code=code, remark=remark
        )
        made = companies.show_company(row)
        return made | {"audit": _told(row.company_id, after=made)}

    @command("company.manage")
    def edit_company(
        self, call: Call, *, company_id: Any, changes: Any, version: Any = None
    ) -> Json:
        """Change name, code or remark."""
        wanted = args.object_of("changes", changes)
        before, row = company_changes.edit_company(
            call.uow,
            company_id=args.uuid_of("company_id", company_id),
            version=args.optional_count("version", version),
            changes=wanted,
        )
        shown = companies.show_company(row)
        after = {name: shown[name] for name in wanted}
        return shown | {"audit": _told(row.company_id, before=before, after=after)}

    @query("customer.read")
    def list_records(
        self, call: Call, *, customer_id: str, limit: int = 25, cursor: Any = None
    ) -> Json:
        """A page of what other systems know of a customer."""
        wanted, after = args.uuid_of("customer_id", customer_id), cursor
        return external_records.list_records(
            call.uow.session, self.shelf, wanted, int(limit), args.optional_text("cursor", after)
        )

    @command("external_record.manage")
    def keep_record(
        self,
        call: Call,
        *,
        customer_id: Any,
        source: Any,
        kind: Any,
        key: Any,
        content: Any,
        happened_at: Any = None,
    ) -> Json:
        """Keep a record, in place of what was known under its source, kind and key."""
        record_id, record = record_changes.keep_record(
            call.uow,
            self.shelf,
            call.now,
            customer_id=args.uuid_of("customer_id", customer_id),
            source=source,
            kind=kind,
            key=key,
            happened_at=args.optional_instant("happened_at", happened_at),
            content=args.object_of("content", content),
        )
        # What it says may be anybody's address: the log keeps where it came from.
        place = {"source": record.source, "kind": record.kind, "key": record.key}
        shown = external_records.show_record(record_id, record, call.now)
        return shown | {"audit": _told(record_id, after=place)}

    @command("external_record.manage")
    def drop_record(self, call: Call, *, record_id: Any) -> Json:
        """Forget a record."""
        wanted = args.uuid_of("record_id", record_id)
        record_changes.drop_record(call.uow, self.shelf, record_id=wanted)
        return {"audit": _told(wanted)}


def _told(object_id: UUID, *, before: Json | None = None, after: Json | None = None) -> Json:
    return {"object": str(object_id), "before": before or {}, "after": after or {}}
