"""Parts of paths. What cannot name anything is no route: 404 before anybody is asked."""

from datetime import date
from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter, IntegerConverter, PathConverter

SERVICES = ("intake", "ticketing", "dispatch", "sla", "notify", "kb", "reporting")


class NumberConverter(BaseConverter):
    """A ticket number, as far as the gateway knows."""

    regex = "[A-Za-z0-9-]{1,40}"


class ServiceConverter(BaseConverter):
    """A service that can be asked for its failures."""

    regex = "|".join(SERVICES)


class RoleKeyConverter(BaseConverter):
    """A role's key."""

    regex = "[a-z][a-z0-9_]{1,39}"


class RowIdConverter(IntegerConverter):
    """A bigint."""

    regex = r"\d{1,18}"


class ArticleNameConverter(BaseConverter):
    """A public article's id or slug."""

    regex = "[a-z0-9-]{1,80}"


class DayConverter(BaseConverter):
    """A day of the calendar: `2026-10-01`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises NotFound for days that no month has."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            # Not ValidationError: where several methods have a route each, that ends as 405.
            raise NotFound from None


class PageConverter(PathConverter):
    """Any path of the console: what begins with api/ is no page."""

    regex = "(?!api(?:/|$))[^/].*?"


def install_converters(app: Flask) -> None:
    """Before any route that uses them."""
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["service"] = ServiceConverter
    app.url_map.converters["page"] = PageConverter
    app.url_map.converters["row_id"] = RowIdConverter
    app.url_map.converters["role_key"] = RoleKeyConverter
    app.url_map.converters["day"] = DayConverter
    app.url_map.converters["article_name"] = ArticleNameConverter


def document_converters(api: Api) -> None:
    """How they look in the OpenAPI document."""
    api.register_converter(NumberConverter, _number)
    api.register_converter(ServiceConverter, _service)
    api.register_converter(RoleKeyConverter, _role_key)
    api.register_converter(DayConverter, _day)
    api.register_converter(ArticleNameConverter, _article_name)


def _number(_: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{NumberConverter.regex}$"}


def _role_key(_: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{RoleKeyConverter.regex}$"}


def _article_name(_: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{ArticleNameConverter.regex}$"}


def _day(_: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "format": "date"}


def _service(_: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "enum": list(SERVICES)}
