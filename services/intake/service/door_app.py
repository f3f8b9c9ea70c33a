"""The door: takes messages over HTTP and answers when they are durable.

It needs the database and the blob store only; no broker, no other service.
"""

from flask import Flask, Response
from sqlalchemy import Engine

from libs.common.config import Config
from libs.common.database.roll_call import RollCall
from libs.common.health import Check
from libs.common.web.headers import protect_answers
from libs.common.web.proxies import trust_proxies
from services.intake.service.channels import Door, channels
from services.intake.service.gate import Gate
from services.intake.service.keeping import database_check, open_doorkeeper
from services.intake.service.problems import register_problems, request_id
from services.intake.service.refusals import log_refusals
from services.intake.service.settings import Settings
from services.intake.service.waiting import NumberWait
from services.intake.storage.arrivals import open_autocommit

# The door has no pages: nothing of what it answers is ever to be shown or run.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def create_app(
    config: Config | None = None, settings: Settings | None = None, engine: Engine | None = None
) -> Flask:
    """The application; connections are made when first needed."""
    config, settings = config or Config.read(), settings or Settings()
    engine = engine or open_autocommit(config)
    app = Flask("intake.door", static_folder=None)
    app.config["DEBUG"] = False  # whatever FLASK_DEBUG says
    keeper = open_doorkeeper(config, engine)
    # Half of the threads may wait for numbers; the others go on accepting.
    numbers = NumberWait(keeper.statuses, places=settings.threads // 2)
    app.register_blueprint(channels(Door(keeper, Gate(engine), numbers)))
    register_problems(app)
    app.after_request(_name_request)
    log_refusals(app)
    protect_answers(app, _POLICY)
    trust_proxies(app, settings.proxies)
    return app


def _name_request(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = request_id()
    return answer


class DoorWorker:
    """What one worker process of the door holds."""

    def __init__(self, config: Config, settings: Settings) -> None:
        self._engine = open_autocommit(config)
        self.app = create_app(config, settings, self._engine)
        self._roll_call = RollCall([self._engine], ["intake.door"]).start()

    def checks(self) -> dict[str, Check]:
        """The database must answer; nothing else is needed."""
        return {"database": database_check(self._engine)}

    def stop(self) -> None:
        """Close the pooled connections."""
        self._roll_call.stop()
        self._engine.dispose()
