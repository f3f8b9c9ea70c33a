"""Accounts of staff and employees."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.organisation.account_list import SORTS
from gateway.schemas.pieces import Body, Line, Text, View, limit, one_of
from gateway.schemas.session import RoleName

LANGUAGES = ("zh", "en")
MOST_GROUPS = 50


class Matching(Text):
    """A trimmed string of a certain form."""

    def __init__(self, pattern: str, **options: Any) -> None:
        self._pattern = re.compile(pattern)
        super().__init__(metadata={"pattern": f"^(?:{pattern})$"}, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs).strip()
        if not self._pattern.fullmatch(text):
            raise ValidationError("Not of the form that is asked for.")
        return text


def known_zone(name: str) -> None:
    """A zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError("Not a time zone such as Asia/Shanghai.") from None


def login_field(**options: Any) -> Matching:
    """What somebody logs in with; its case does not matter."""
    return Matching(r"[A-Za-z0-9._-]{2,40}", **options)


def extension_field(**options: Any) -> Matching:
    """An internal number, e.g. 8888."""
    return Matching(r"[0-9*#]{1,20}", allow_none=True, **options)


def zone_field(**options: Any) -> Line:
    """Where somebody's day begins."""
    return ZoneName(longest=64, allow_none=True, **options)


class ZoneName(Line):
    """A time zone."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, *args, **kwargs)
        known_zone(name)
        return name


class DepartmentName(View):
    """Which department."""

    department_id = fields.UUID(required=True)
    name = fields.String(required=True)


class RegionName(View):
    """Which region."""

    region_id = fields.UUID(required=True)
    name = fields.String(required=True)


class GroupPlace(View):
    """A group that somebody is in."""

    group_id = fields.UUID(required=True)
    name = fields.String(required=True)
    is_lead = fields.Boolean(required=True)


class Profile(View):
    """A person as they see themselves."""

    person_id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": "The role's key."})
    role_name = fields.Nested(RoleName, required=True)
    kind = one_of("staff", "employee", required=True)
    department = fields.Nested(DepartmentName, required=True, allow_none=True)
    region = fields.Nested(RegionName, required=True, allow_none=True)
    groups = fields.List(fields.Nested(GroupPlace), required=True)
    title = fields.String(required=True, allow_none=True)
    extension = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    zone = fields.String(required=True, allow_none=True)
    must_change_password = fields.Boolean(required=True)
    password_changed_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class Account(Profile):
    """A person as administrators see them. `is_masked`: e-mail and phone are shortened."""

    is_active = fields.Boolean(required=True)
    is_masked = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True, allow_none=True)


class AccountPage(View):
    """Accounts in the order asked for."""

    items = fields.List(fields.Nested(Account), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AccountQuery(Body):
    """Filters, order and page of the list of accounts."""

    q = Text(
        validate=validate.Length(max=254),
        metadata={
            "description": "Part of login or name, beginning of an extension, "
            "a whole mail address or phone number."
        },
    )
    role = Line(longest=64)
    department_id = fields.UUID(metadata={"description": "This department and those below."})
    region_id = fields.UUID(metadata={"description": "This region and those below."})
    group_id = fields.UUID()
    is_active = fields.Boolean()
    kind = one_of("staff", "employee")
    sort = one_of(*SORTS, load_default="login")
    limit = limit(50)
    cursor = Text(validate=validate.Length(max=1_000))


class GrantableRole(View):
    """A role; `may_give`: to others, by the caller."""

    role = fields.String(required=True, metadata={"description": "Its key."})
    role_name = fields.Nested(RoleName, required=True)
    kind = one_of("staff", "employee", required=True)
    may_give = fields.Boolean(required=True)


class GrantableRolePage(View):
    """The roles that people may hold."""

    items = fields.List(fields.Nested(GrantableRole), required=True)


class GroupChoice(Body):
    """A group that somebody shall be in."""

    group_id = fields.UUID(required=True)
    is_lead = fields.Boolean(load_default=False)


def _groups(**options: Any) -> fields.List:
    return fields.List(
        fields.Nested(GroupChoice), validate=validate.Length(max=MOST_GROUPS), **options
    )


class NewAccount(Body):
    """Somebody who shall be able to log in."""

    login = login_field(required=True)
    name = Line(required=True, longest=60)
    role = Line(required=True, longest=64)
    department_id = fields.UUID(load_default=None, allow_none=True)
    region_id = fields.UUID(load_default=None, allow_none=True)
    groups = _groups(load_default=list)
    title = Line(longest=60, load_default=None, allow_none=True)
    extension = extension_field(load_default=None)
    email = Line(longest=254, load_default=None, allow_none=True)
    phone = Line(longest=64, load_default=None, allow_none=True)
    language = one_of(*LANGUAGES, load_default="zh")
    zone = zone_field(load_default=None)


class AccountChanges(Body):
    """What may be changed of an account; `groups` are all that the person shall be in."""

    login = login_field()
    name = Line(longest=60)
    role = Line(longest=64)
    department_id = fields.UUID(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    groups = _groups()
    title = Line(longest=60, allow_none=True)
    extension = extension_field()
    email = Line(longest=254, allow_none=True)
    phone = Line(longest=64, allow_none=True)
    language = one_of(*LANGUAGES)
    zone = zone_field()

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change is a mistake."""
        if not changes:
            raise ValidationError("Nothing to change.")


class ProfileChanges(Body):
    """What people may change of themselves."""

    extension = extension_field()
    email = Line(longest=254, allow_none=True)
    language = one_of(*LANGUAGES)
    zone = zone_field()

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change is a mistake."""
        if not changes:
            raise ValidationError("Nothing to change.")


class InitialPassword(View):
    """An account with the password to hand over: nobody will see it again."""

    account = fields.Nested(Account, required=True)
    initial_password = fields.String(required=True)


class Activity(Body):
    """Switched on or off."""

    is_active = fields.Boolean(required=True)
