"""The gateway's WSGI application."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from gateway.access_log import install_access_log
from gateway.audit.recording import install_recording, open_recording
from gateway.auth.access import refuse_undeclared
from gateway.auth.guard import COOKIE, install_guard
from gateway.auth.limits import Limits, install_limits
from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from gateway.converters import document_converters, install_converters
from gateway.cookies import HostCookies, install_cookies
from gateway.headers import install_headers
from gateway.live.hub import Hub
from gateway.live.standing import Standings
from gateway.login.settings import LoginSettings
from gateway.openapi_responses import DeskApi
from gateway.operation import Overview
from gateway.pages import blueprint as pages
from gateway.parts import EXTENSION, Parts, Rpc
from gateway.portal.assertions import read_signing_key
from gateway.portal.identities import Requesters
from gateway.problems import install_problems
from gateway.request_ids import install_request_ids
from gateway.resources import BLUEPRINTS
from gateway.sealing import Sealing
from gateway.settings import Settings
from gateway.tidy_request import TidyRequest
from libs.common.blobs import open_blobs
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.scanning import open_scanner

PREFIX = "/api/v1"
CONSOLE = Path(__file__).with_name("console") / "dist"
# What the bus carries in one message.
_MAX_BODY = 256 * 1024

_OPENAPI = {
    "API_TITLE": "Tidedesk",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {"description": "Customer-service tickets 客服工单"},
        "security": [{"cookie": []}, {"bearer": []}],
    },
}


def create_app(
    config: Config,
    database: Database,
    rpc: Rpc,
    *,
    clock: Callable[[], datetime] = utc_now,
    console: Path = CONSOLE,
    limits: Limits | None = None,
    login: LoginSettings | None = None,
) -> Flask:
    """Put the application together; raises UndeclaredRoute if a route's access is not declared."""
    app = put_together()
    equip(app, config, database, rpc, clock, console, limits, login)
    return app


def put_together() -> Flask:
    """All routes and what happens around them, with nothing behind yet."""
    app = Flask("gateway", static_folder=None)
    app.request_class = _DeskRequest
    # No debugging, whatever FLASK_DEBUG says.
    app.config.update(_OPENAPI, DEBUG=False, MAX_CONTENT_LENGTH=_MAX_BODY)
    install_converters(app)
    # In the order of their work on a request; answers pass them backwards.
    install_request_ids(app)
    install_access_log(app)
    install_headers(app)
    install_cookies(app)
    install_limits(app)
    install_guard(app)
    install_recording(app)
    install_problems(app)
    _add_routes(app)
    refuse_undeclared(app)
    return app


def equip(
    app: Flask,
    config: Config,
    database: Database,
    rpc: Rpc,
    clock: Callable[[], datetime],
    console: Path,
    limits: Limits | None,
    login: LoginSettings | None,
) -> None:
    """Give the application what it works with."""
    lookups, settings = Lookups(database.engine.url, config.pool_size), Settings.read()
    rights, login = Rights(lookups), login or LoginSettings.read()
    standings = Standings(lookups, rights, login.sessions)
    app.extensions[EXTENSION] = Parts(
        database,
        rpc,
        open_blobs(config),
        clock,
        console,
        lookups,
        rights,
        Sealing(config),
        limits or Limits.read(),
        Requesters(),
        read_signing_key(),
        login,
        Hub(lookups, standings, clock, settings.streams),
        settings.attachment_mb * 1024 * 1024,
        config.business_zone,
        open_scanner(),
        operation=Overview(config.own_amqp_uris.get("gateway") or config.amqp_uri),
    )
    open_recording(app)


class _DeskRequest(HostCookies, TidyRequest):
    """Flask's, with our cookies and without open files."""


def _add_routes(app: Flask) -> None:
    api = DeskApi(app)
    document_converters(api)
    for name, scheme in _SECURITY.items():
        api.spec.components.security_scheme(name, scheme)
    for blueprint in BLUEPRINTS:
        own = blueprint.url_prefix or ""
        api.register_blueprint(blueprint, url_prefix=f"{PREFIX}{own}")
    app.register_blueprint(pages)


_SECURITY = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Over TLS its name begins with `__Host-`. Unsafe methods also need the "
        "header X-Tidedesk-Client.",
    },
    "bearer": {"type": "http", "scheme": "bearer"},
}
