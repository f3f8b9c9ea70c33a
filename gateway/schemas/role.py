"""Roles and permissions."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, Text, View, one_of

KINDS_OF_ROLES = ("staff", "employee", "customer")
SCOPES = ("none", "own", "group", "department", "region", "all", "requested")


def _names() -> fields.List:
    return fields.List(Line(longest=64), validate=validate.Length(max=200))


def _networks() -> fields.List:
    told = {"description": "Networks (CIDR) from which holders may come; empty: from anywhere."}
    return fields.List(Line(longest=64), validate=validate.Length(max=50), metadata=told)


class RoleView(View):
    """What its holders may do, and with which tickets."""

    key = fields.String(required=True)
    kind = one_of(*KINDS_OF_ROLES, required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    ticket_scope = one_of(*SCOPES, required=True)
    sees_pools = fields.Boolean(required=True)
    permissions = fields.List(fields.String(), required=True)
    allowed_networks = fields.List(fields.String(), required=True)
    needs_totp = fields.Boolean(required=True)
    is_shipped = fields.Boolean(required=True)
    holders = fields.Integer(required=True)
    version = fields.Integer(required=True)


class RolePage(View):
    """All roles, the shipped ones first."""

    items = fields.List(fields.Nested(RoleView), required=True)


class PermissionPage(View):
    """Every permission there is."""

    items = fields.List(fields.String(), required=True)


class RoleChanges(Body):
    """What may be changed of a role; at least one."""

    name_zh = Line(longest=40)
    name_en = Line(longest=40)
    ticket_scope = one_of(*SCOPES)
    sees_pools = fields.Boolean()
    permissions = _names()
    allowed_networks = _networks()
    needs_totp = fields.Boolean()

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change would raise the version for nothing."""
        if not changes:
            raise ValidationError("Nothing to change.")


class NewRole(Body):
    """A role of one's own. Its key never changes."""

    key = Text(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{1,39}\Z"))
    kind = one_of("staff", "employee", load_default="staff")
    name_zh = Line(required=True, longest=40)
    name_en = Line(required=True, longest=40)
    ticket_scope = one_of(*SCOPES, required=True)
    sees_pools = fields.Boolean(load_default=False)
    permissions = fields.List(Line(longest=64), required=True, validate=validate.Length(max=200))
    allowed_networks = fields.List(
        Line(longest=64), load_default=list, validate=validate.Length(max=50)
    )
    needs_totp = fields.Boolean(load_default=False)
