"""What categories of tickets are called, and where they lie."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema


class CategoryChanged(EventSchema):
    """A category of tickets is called so, and lies below this parent (null: at the top).

    Told of every category once, and whenever it is changed; of two events of a category the one
    with the higher `version` holds. `name_en` is null where it is called as in Chinese.
    """

    type = "category.changed"
    producer = "ticketing"

    category_id = fields.UUID(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    occurred_at = fields.AwareDateTime(required=True)
