"""Who acts: made and signed by the gateway, verified by the service that carries the act out."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from libs.common.errors import Forbidden, Unauthenticated


@dataclass(frozen=True)
class Actor:
    """A subject with roles, permissions and data scopes.

    `kind`: staff, customer (portal; employees as requesters too), gateway (the gateway on its own
    behalf) or system (a service). In an event an actor is information, never authority.
    """

    subject: UUID | None
    name: str
    kind: str = "staff"
    roles: tuple[str, ...] = ()
    scopes: dict[str, Any] = field(default_factory=dict)
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the actor's roles hold the permission."""
        return permission in self.permissions

    def demand(self, permission: str) -> None:
        """Raise Forbidden unless the actor holds the permission."""
        if permission not in self.permissions:
            raise Forbidden("permission.missing", f"this needs the permission {permission}")

    def as_fact(self) -> dict[str, Any]:
        """The form that events and timelines carry."""
        return {"kind": self.kind, "id": self.subject, "name": self.name}


SYSTEM = Actor(subject=None, name="系统", kind="system")


def sign_actor(
    actor: Actor,
    *,
    method: str,
    request_id: str,
    expires_at: float,
    key: bytes,
    content: bytes = b"",
) -> str:
    """A token good for one method, one request and one content until `expires_at` (Unix seconds).

    `content` is what is asked for and where the answer goes: whoever captures the token can only
    repeat the very same call, and its answer goes to whom it went before.
    """
    claims = {
        "sub": str(actor.subject) if actor.subject else None,
        "name": actor.name,
        "kind": actor.kind,
        "roles": list(actor.roles),
        "scopes": actor.scopes,
        "perms": sorted(actor.permissions),
        "method": method,
        "rid": request_id,
        "for": _digest(content),
        "exp": expires_at,
    }
    body = base64.urlsafe_b64encode(
        json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    )
    return f"{body.decode()}.{_signature(body, key)}"


def verify_actor(
    token: object, *, method: str, request_id: str, key: bytes, content: bytes = b""
) -> Actor:
    """The actor of a token; raises Unauthenticated unless signature, call and time fit.

    A captured token is of no use for another call: it names the method, the request (for a
    command its id, so that a replay is answered with the stored result) and the content.
    """
    text = token.encode(errors="replace") if isinstance(token, str) else b""
    body, dot, signature = text.rpartition(b".")
    if not dot or not hmac.compare_digest(signature, _signature(body, key).encode()):
        raise Unauthenticated("actor.forged", "the actor's signature does not verify")
    claims = json.loads(base64.urlsafe_b64decode(body))
    signed_for = (claims["method"], claims["rid"], claims.get("for"))
    if signed_for != (method, request_id, _digest(content)):
        raise Unauthenticated("actor.misplaced", "the actor was signed for another call")
    if claims["exp"] < time.time():
        raise Unauthenticated("actor.expired", "the actor's signature has expired")
    return Actor(
        subject=UUID(claims["sub"]) if claims["sub"] else None,
        name=claims["name"],
        kind=claims["kind"],
        roles=tuple(claims["roles"]),
        scopes=claims["scopes"],
        permissions=frozenset(claims.get("perms", ())),
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _signature(body: bytes, key: bytes) -> str:
    if not key:
        raise ValueError("an empty key signs nothing")
    return base64.urlsafe_b64encode(hmac.digest(key, body, hashlib.sha256)).decode().rstrip("=")
