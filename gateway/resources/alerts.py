"""Alerts: looked at, and acknowledged by somebody who says what came of it."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.audit import alert_list
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.schemas.alert import Acknowledgement, Alert, AlertPage, AlertQuery
from libs.common.database.unit_of_work import UnitOfWork

blueprint = ApiBlueprint("alerts", __name__, url_prefix="/alerts", description="Alerts")


@blueprint.operation("GET", "")
@requires("alert.read")
@blueprint.arguments(AlertQuery, location="query")
@blueprint.response(200, AlertPage)
def list_alerts(wanted: dict[str, Any]) -> Response:
    """Alerts about access, the newest first."""
    limit, cursor = wanted.pop("limit"), wanted.pop("cursor", None)
    with parts().database.begin(read_only=True) as uow:
        return answer(alert_list.list_alerts(uow.session, wanted, limit, cursor))


@blueprint.operation("POST", "/<uuid:alert_id>/acknowledgement", errors=(404,), is_command=True)
@requires("alert.acknowledge")
@blueprint.arguments(Acknowledgement)
@blueprint.response(200, Alert)
def acknowledge_alert(given: dict[str, str], alert_id: UUID) -> Response:
    """Say that it was looked at, and what came of it."""
    who, now = (caller().person_id, caller().name), parts().clock()

    def work(uow: UnitOfWork) -> dict[str, Any]:
        alert = alert_list.acknowledge(uow.session, alert_id, who, given["note"], now)
        return {**alert, "audit": {"after": {"kind": alert["kind"], "acknowledged": True}}}

    arguments = {"alert_id": str(alert_id), **given}
    return answer(carry_out("acknowledge_alert", arguments, work))
