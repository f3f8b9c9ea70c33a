"""Accounts from a file."""

from marshmallow import fields

from gateway.organisation.importing.columns import COLUMNS
from gateway.organisation.importing.run import OUTCOMES
from gateway.schemas.account import LANGUAGES
from gateway.schemas.pieces import Body, View, one_of


class ImportQuery(Body):
    """What is meant: only a look, or to do it, and how."""

    preview = fields.Boolean(load_default=False)
    create_units = fields.Boolean(
        load_default=False,
        metadata={"description": "Make departments and regions that are not there."},
    )
    skip_errors = fields.Boolean(
        load_default=False, metadata={"description": "Leave out rows that cannot be imported."}
    )


class TemplateQuery(Body):
    """Which form of the template."""

    format = one_of("xlsx", "csv", load_default="xlsx")
    language = one_of(*LANGUAGES, load_default="zh")


class ImportFault(View):
    """What is wrong with a cell."""

    column = one_of(*COLUMNS, required=True)
    problem = fields.String(
        required=True,
        metadata={
            "description": "required, invalid, unknown, repeated, taken, beyond_own, staff_only, "
            "or full; more may come."
        },
    )
    message = fields.String(required=True)


class ImportedRow(View):
    """What comes of a row. `changes` are names of columns that become different."""

    line = fields.Integer(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    outcome = one_of(*OUTCOMES, required=True)
    changes = fields.List(fields.String(), required=True)
    errors = fields.List(fields.Nested(ImportFault), required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    initial_password = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a new account, and only now."},
    )


class ImportCounts(View):
    """Rows by what comes of them."""

    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    failed = fields.Integer(required=True)


class AccountImport(View):
    """What an import does, or would do."""

    is_preview = fields.Boolean(required=True)
    counts = fields.Nested(ImportCounts, required=True)
    ignored_columns = fields.List(fields.String(), required=True)
    new_departments = fields.List(fields.String(), required=True)
    new_regions = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(ImportedRow), required=True)
