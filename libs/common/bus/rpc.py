"""`@command`, `@query` and `@signal`: the shell around a use case. It opens the transaction, keeps
the command's result, commits, and turns trouble into errors that a caller can act on.
"""

import functools
import inspect
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from libs.common import metrics
from libs.common.bus.call import Call
from libs.common.bus.rpc_server import CallEntrypoint
from libs.common.crash_points import crash_point
from libs.common.database import failures
from libs.common.database.commands import claim_command, store_result
from libs.common.database.operation import describe_operation
from libs.common.database.trouble import is_database_trouble, is_deadlock
from libs.common.errors import DeskError, InvalidInput, Unavailable

_log = logging.getLogger(__name__)

_DEADLOCK_REPEATS = 4
_MAX_ID = 200  # characters

Method = Callable[..., Any]


def query(permission: str) -> Callable[[Method], Method]:
    """RPC that only reads: `method(self, call, *, …)` in a read-only transaction.

    Only actors with the permission get in, whatever the gateway has checked before.
    """

    def decorate(method: Method) -> Method:
        signature = inspect.signature(method)

        @functools.wraps(method)
        def run(self: Any, call: Call, /, *args: Any, **arguments: Any) -> Any:
            with _measured(self, method, call):
                call.actor.demand(permission)
                _check(signature, self, call, args, arguments)
                with self.database.begin(read_only=True, timeout=call.seconds_left) as uow:
                    call.uow = uow
                    return method(self, call, **arguments)

        return _entrypoint(run, permission)

    return decorate


def signal(permission: str) -> Callable[[Method], Method]:
    """RPC that changes what may be changed twice, such as a sign of life: asked as a query.

    It needs no id, and no result is kept: there are too many of them.
    """

    def decorate(method: Method) -> Method:
        signature = inspect.signature(method)

        @functools.wraps(method)
        def run(self: Any, call: Call, /, *args: Any, **arguments: Any) -> Any:
            with _measured(self, method, call):
                call.actor.demand(permission)
                _check(signature, self, call, args, arguments)
                with self.database.begin(
                    timeout=call.seconds_left, request_id=call.request_id
                ) as uow:
                    call.uow = uow
                    result = method(self, call, **arguments)
                    uow.commit()
                    return result

        return _entrypoint(run, permission)

    return decorate


def command(permission: str) -> Callable[[Method], Method]:
    """RPC that changes: done once per command id; the shell commits what the method did.

    Only actors with the permission get in, whatever the gateway has checked before.
    """

    def decorate(method: Method) -> Method:
        signature = inspect.signature(method)

        @functools.wraps(method)
        def run(self: Any, call: Call, /, *args: Any, **arguments: Any) -> Any:
            with _measured(self, method, call):
                call.actor.demand(permission)
                _check(signature, self, call, args, arguments)
                _check_id(call.command_id)
                return _insist(self, method, call, arguments)

        return _entrypoint(run, permission)

    return decorate


def permission_of(method: Method) -> str:
    """What a command or query requires."""
    found: str = method.permission  # type: ignore[attr-defined]
    return found


def _entrypoint(run: Method, permission: str) -> Method:
    run.permission = permission  # type: ignore[attr-defined]
    return CallEntrypoint.decorator(run)


def _insist(service: Any, method: Method, call: Call, arguments: dict[str, Any]) -> Any:
    """Carry the command out, again if the database chose it as a deadlock's victim."""
    for attempt in range(_DEADLOCK_REPEATS):
        try:
            return _carry_out(service, method, call, arguments)
        except Exception as error:
            if not is_deadlock(error) or attempt == _DEADLOCK_REPEATS - 1:
                raise
            time.sleep(0.01 * 2**attempt)
    raise AssertionError("the last attempt returns or raises")


def _carry_out(service: Any, method: Method, call: Call, arguments: dict[str, Any]) -> Any:
    subject, command_id, ring = str(call.actor.subject), str(call.command_id), service.database.keys
    with service.database.begin(timeout=call.seconds_left, request_id=call.request_id) as uow:
        call.uow = uow
        connection = uow.session.connection()
        name = method.__name__
        is_new, stored = claim_command(connection, subject, command_id, name, arguments, ring)
        if not is_new:
            return stored
        result = method(service, call, **arguments)
        uow.session.flush()
        store_result(connection, subject, command_id, result, ring)
        crash_point("after_command_before_commit")
        uow.commit()
    crash_point("after_command_before_reply")
    return result


def _check(
    signature: inspect.Signature, service: Any, call: Call, args: tuple[Any, ...], arguments: Any
) -> None:
    if args:
        raise InvalidInput("call.malformed", "arguments are given by name")
    try:
        signature.bind(service, call, **arguments)
    except TypeError as error:
        raise InvalidInput("call.malformed", str(error)) from None


def _check_id(command_id: str | None) -> None:
    if not command_id:
        raise InvalidInput("command.id_required", "a command needs an id")
    if len(command_id) > _MAX_ID or not command_id.isprintable():
        raise InvalidInput("command.id_invalid", "a command id is a short printable text")


@contextmanager
def _measured(service: Any, method: Method, call: Call) -> Iterator[None]:
    with metrics.timed_rpc(service.name, method.__name__):
        try:
            yield
        except DeskError:
            raise
        except Exception as error:
            if not is_database_trouble(error):
                _log.exception("%s.%s failed", service.name, method.__name__)
                raise
            reason = getattr(error, "orig", error)
            _log.warning("the database failed %s.%s: %s", service.name, method.__name__, reason)
            unknown = {"outcome": "unknown", "command_id": call.command_id}
            raise Unavailable(
                "database.unavailable",
                "the database did not answer in time",
                unknown if call.command_id else {},
            ) from error


class OperatorCalls:
    """What operators may ask of every service; the base of each service's RPC class."""

    @query("session.own")
    def ping(self, call: Call) -> dict[str, str]:
        """Whether the service answers."""
        return {"pong": self.name}  # type: ignore[attr-defined]

    @query("operation.read")
    def describe_operation(self, call: Call) -> dict[str, Any]:
        """What waits in the service's database, and which of its processes run."""
        return describe_operation(call.uow.session.connection())

    @query("failure.list")
    def list_failures(self, call: Call, *, limit: int = 100) -> list[dict[str, Any]]:
        """Events whose handler failed: waiting for another attempt, or parked."""
        return failures.list_failures(call.uow.session.connection(), limit)

    @command("failure.replay")
    def replay_failure(self, call: Call, *, failure_id: int) -> None:
        """Try a failed event again."""
        failures.replay_failure(call.uow.session.connection(), failure_id)

    @command("failure.discard")
    def discard_failure(self, call: Call, *, failure_id: int) -> None:
        """Give a failed event up for good."""
        failures.discard_failure(call.uow.session.connection(), failure_id)
