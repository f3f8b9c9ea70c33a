"""Commands on the gateway's own database: done once per Idempotency-Key, like those of services."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from gateway.auth.guard import caller
from gateway.calls import command_id_of_request, without_audit
from gateway.parts import parts
from gateway.request_ids import request_id
from libs.common.database.commands import claim_command, store_result
from libs.common.database.unit_of_work import UnitOfWork


def carry_out(
    method: str, arguments: Mapping[str, Any], work: Callable[[UnitOfWork], dict[str, Any]]
) -> dict[str, Any]:
    """Do `work` in one transaction, and answer a repeat with its stored result; raises DeskError.

    `arguments` tell a repeat from another command with the same key. The result is JSON; it is
    kept sealed, for it may hold what is shown only once. Its member `audit`, {object, before,
    after}, goes to the operation log.
    """
    subject, command_id = str(caller().person_id), command_id_of_request()
    ring = parts().sealing.ring
    with parts().database.begin(request_id=request_id()) as uow:
        connection = uow.session.connection()
        plain = orjson.loads(orjson.dumps(dict(arguments), default=str))
        is_new, stored = claim_command(connection, subject, command_id, method, plain, ring)
        if not is_new:
            return _told(stored)
        result = orjson.loads(orjson.dumps(work(uow), default=str))
        uow.session.flush()
        store_result(connection, subject, command_id, result, ring)
        uow.commit()
    return _told(result)


def _told(result: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = without_audit(result)
    return told
