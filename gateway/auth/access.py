"""What a route asks of its caller, declared beside it; a route that declares nothing is refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from gateway.auth.permissions import PERMISSIONS

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = ""
_ATTRIBUTE = "_needs_permission"


class UndeclaredRoute(RuntimeError):
    """A route says neither what it requires nor that it is public."""


def requires(permission: str) -> Callable[[View], View]:
    """Only callers with this permission get in."""
    if permission not in PERMISSIONS:
        raise ValueError(f"there is no permission {permission!r}")
    return _declare(permission)


def public(view: View) -> View:
    """Anybody gets in, without a session."""
    return _declare(PUBLIC)(view)


def open_to_newcomers(view: View) -> View:
    """May be used before the initial password has been changed."""
    view._is_open_to_newcomers = True  # type: ignore[attr-defined]
    return view


def is_open_to_newcomers(view: Callable[..., Any]) -> bool:
    """Whether it may."""
    return getattr(view, "_is_open_to_newcomers", False)


def permission_of(view: Callable[..., Any]) -> str | None:
    """The declared permission, PUBLIC, or None where nothing is declared."""
    found: str | None = getattr(view, _ATTRIBUTE, None)
    return found


def refuse_undeclared(app: Flask) -> None:
    """Raise UndeclaredRoute unless every route of the application has declared its access."""
    for rule in app.url_map.iter_rules():
        if permission_of(app.view_functions[rule.endpoint]) is None:
            raise UndeclaredRoute(f"{rule.rule} ({rule.endpoint}) declares no permission")


def _declare(permission: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark
