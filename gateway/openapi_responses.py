"""Names of the documented refusals, and the API class that documents them as problems."""

from flask_smorest import Api
from werkzeug.http import HTTP_STATUS_CODES

from gateway.problem_type import PROBLEM_TYPE
from gateway.schemas.problem import Problem

_STATUSES = (400, 401, 403, 404, 409, 410, 412, 413, 415, 416, 422, 428, 429, 503)


def response_name(status: int) -> str:
    """The component that describes a status: `NotFound`."""
    return HTTP_STATUS_CODES[status].title().replace(" ", "")


class DeskApi(Api):
    """Makes the OpenAPI document."""

    DEFAULT_ERROR_RESPONSE_NAME = "OtherProblem"

    def _register_error_handlers(self) -> None:
        """gateway.problems has them."""

    def _register_pagination_header(self) -> None:
        """Pages are envelopes in the body."""

    def _register_responses(self) -> None:
        named = {response_name(status): HTTP_STATUS_CODES[status] for status in _STATUSES}
        named[self.DEFAULT_ERROR_RESPONSE_NAME] = "Any other problem"
        for name, description in named.items():
            response = {
                "description": description,
                "content": {PROBLEM_TYPE: {"schema": Problem}},
            }
            self.spec.components.response(name, response, lazy=True)
