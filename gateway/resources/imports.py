"""Accounts from a spreadsheet: a template, a preview, and the import itself."""

import hashlib
from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.auth.guard import demand
from gateway.blueprint import ApiBlueprint
from gateway.disposition import disposition
from gateway.one_file import FILE_BODY, one_file
from gateway.organisation.importing.files import MAX_FILE, read_sheet
from gateway.organisation.importing.run import Import
from gateway.organisation.importing.template import csv_template, workbook_template
from gateway.organisation.rights import read_roles
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.resources.accounts import alert_raised, granter
from gateway.schemas.account_import import AccountImport, ImportQuery, TemplateQuery
from libs.common.database.unit_of_work import UnitOfWork

blueprint = ApiBlueprint("account imports", __name__, url_prefix="/accounts")

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BYTES = {"type": "string", "format": "binary"}


@blueprint.operation("GET", "/import-template")
@requires("person.manage")
@blueprint.arguments(TemplateQuery, location="query")
@blueprint.response(200, _BYTES, content_type="*/*")
def get_import_template(wanted: dict[str, str]) -> Response:
    """An empty file with the columns that an import knows."""
    language, form = wanted["language"], wanted["format"]
    if form == "csv":
        content, media_type = csv_template(language), _CSV
    else:
        with parts().database.begin(read_only=True) as uow:
            roles = read_roles(uow.session)
        content, media_type = workbook_template(language, roles.values()), _XLSX
    name = f"{'账号导入模板' if language == 'zh' else 'accounts'}.{form}"
    headers = {"Content-Disposition": disposition(name, is_inline=False)}
    return Response(content, headers=headers, content_type=media_type)


@blueprint.operation("POST", "/imports", errors=(400, 413, 415), is_command=True)
@blueprint.doc(requestBody=FILE_BODY)
@requires("person.manage")
@blueprint.arguments(ImportQuery, location="query")
@blueprint.response(200, AccountImport)
def import_accounts(wanted: dict[str, bool]) -> Response:
    """Make and change up to 5,000 accounts from a CSV or XLSX file, or see what would become of it.

    All rows or, with skip_errors, the good ones, in one transaction. Known logins are updated,
    empty cells change nothing. The answer holds new accounts' initial passwords, only now.
    """
    if wanted["create_units"]:
        demand("organisation.manage")
    content = one_file(MAX_FILE).stream.read(MAX_FILE + 1)
    sheet = read_sheet(content)
    found = Import.read(
        sheet, granter(), parts().sealing.index, creates_units=wanted["create_units"]
    )
    if wanted["preview"]:
        with parts().database.begin(read_only=True) as uow:
            return answer({"is_preview": True, **found.preview(uow.session)})
    arguments = {**wanted, "sha256": hashlib.sha256(content).hexdigest()}
    work = _Work(found, skips_errors=wanted["skip_errors"])
    return answer(carry_out("import_accounts", arguments, work))


class _Work:
    """The import as a command."""

    def __init__(self, found: Import, *, skips_errors: bool) -> None:
        self._found = found
        self._skips_errors = skips_errors

    def __call__(self, uow: UnitOfWork) -> dict[str, Any]:
        shown, steps = self._found.run(uow, parts().clock(), skips_errors=self._skips_errors)
        for step, row in zip(steps, shown["rows"], strict=True):
            if step.gained and step.outcome in ("created", "updated"):
                alert_raised(uow, row["person_id"], step.columns["role"], step.gained)
        told = {"object": {"kind": "account", "id": "import"}, "after": {"counts": shown["counts"]}}
        return {"is_preview": False, **shown, "audit": told}
