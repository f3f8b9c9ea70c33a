"""Hours of weeks and days: local times of a zone, several periods a day."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.account import Matching

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_WEEKDAYS = tuple("1234567")
_MOST = 12


def _period() -> fields.List:
    return fields.List(Matching(_TIME), validate=validate.Length(equal=2))


def periods(**options: Any) -> fields.List:
    """`[["09:00", "12:00"], ["13:00", "18:00"]]`."""
    return fields.List(_period(), validate=validate.Length(max=_MOST), **options)


def weekly(**options: Any) -> fields.Dict:
    """Periods by ISO weekday: `{"1": [["09:00", "18:00"]], … "7": []}`."""
    told = {"description": "Periods by weekday, 1 (Monday) to 7; the end may be 24:00."}
    weekday = fields.String(validate=validate.OneOf(_WEEKDAYS))
    return fields.Dict(keys=weekday, values=periods(), metadata=told, **options)
