"""One line of JSON per record, marked with its request, and without secrets."""

import contextvars
import io
import json
import logging
import threading
from collections.abc import Iterator

import greenlet
import pytest

from libs.common.logs import JsonFormatter, configure_logs, current_log_context, log_context, redact

log = logging.getLogger("services.intake.door")


class Terminal(io.StringIO):
    """A stream that a person is looking at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def written() -> io.StringIO:
    stream = io.StringIO()
    configure_logs("intake.door", "INFO", stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_that_says_when_who_and_what(written: io.StringIO) -> None:
    log.info("accepted %d\nmessages", 3, extra={"receipt": "r-1", "size": 12})
    (line,) = lines(written)
    assert str(line.pop("time")).endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "services.intake.door",
        "message": "accepted 3\nmessages",
        "role": "intake.door",
        "receipt": "r-1",
        "size": 12,
    }


def test_request_and_ticket_mark_all_records_of_a_block(written: io.StringIO) -> None:
    with log_context(request_id="q-1"):
        with log_context(ticket="G20231001001"):
            log.info("inner")
        log.info("outer")
    log.info("outside")
    marks = [(line.get("request_id"), line.get("ticket")) for line in lines(written)]
    assert marks == [("q-1", "G20231001001"), ("q-1", None), (None, None)]


def test_a_thread_has_a_context_of_its_own_and_may_be_given_one(written: io.StringIO) -> None:
    def work(context: dict[str, str]) -> None:
        log.info("bare")
        with log_context(**context):
            log.info("carried")

    with log_context(request_id="q-1"):
        # A fresh context, as threads have before Python 3.14.
        thread = threading.Thread(
            target=contextvars.Context().run, args=(work, current_log_context())
        )
        thread.start()
        thread.join()
    assert [line.get("request_id") for line in lines(written)] == [None, "q-1"]


def test_a_greenlet_has_a_context_of_its_own(written: io.StringIO) -> None:
    def other() -> None:
        with log_context(request_id="q-2"):
            main.switch()
            log.info("second")

    main = greenlet.getcurrent()
    worker = greenlet.greenlet(other)
    with log_context(request_id="q-1"):
        worker.switch()
        log.info("first")
    worker.switch()
    assert [line["request_id"] for line in lines(written)] == ["q-1", "q-2"]


def test_an_exception_stays_on_its_line(written: io.StringIO) -> None:
    try:
        raise ValueError("cannot reach amqp://desk:s3cret@broker/desk")
    except ValueError:
        log.exception("failed")
    (line,) = lines(written)
    assert "ValueError: cannot reach amqp://desk:***@broker/desk" in str(line["exception"])
    assert written.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("amqp://desk:s3cret@127.0.0.1:5672/", "amqp://desk:***@127.0.0.1:5672/"),
        ("smtps://a:p@ss:w@mail.example.com", "smtps://a:***@mail.example.com"),
        ("postgresql+psycopg2://u:p/q@h/db", "postgresql+psycopg2://u:***@h/db"),
        ("amqp://:p@h,amqp://u:p@h", "amqp://:***@h"),
        ("Authorization: Bearer tds_abc-DEF_123", "Authorization: Bearer ***"),
        ("basic dXNlcjpwYXNz", "basic ***"),
        ("to Li <li.lei+x@example.com>", "to Li <***@example.com>"),
        ("called +8613800138000 back", "called +*** back"),
        ("GET http://127.0.0.1:8080/x 200", "GET http://127.0.0.1:8080/x 200"),
        ("客户 3 + 4 = 7 @ 9", "客户 3 + 4 = 7 @ 9"),
    ],
)
def test_secrets_and_contact_data_are_masked(secret: str, shown: str) -> None:
    assert redact(secret) == shown


def test_arguments_and_extras_are_masked_too(written: io.StringIO) -> None:
    log.warning("lost %s", "amqp://u:hidden@h/", extra={"url": "http://u:hidden@h/"})
    assert "hidden" not in written.getvalue()


@pytest.mark.parametrize(
    ("message", "argument", "extra", "expected"),
    [
        ("%d messages", "three", None, "three"),
        ("surrogate %s", "\ud800", None, "ud800"),
        ("huge %s", "number", 2**70, "number"),
    ],
)
def test_a_wrong_call_or_an_odd_value_is_logged_all_the_same(
    message: str, argument: str, extra: int | None, expected: str
) -> None:
    record = log.makeRecord(log.name, logging.INFO, "", 1, message, (argument,), None)
    record.count = extra
    assert expected in json.loads(JsonFormatter("intake.door").format(record))["message"]


def test_a_long_message_loses_its_middle(written: io.StringIO) -> None:
    log.info("%s", "a" * 1_000_000 + "end")
    assert len(written.getvalue()) < 20_000
    assert str(lines(written)[0]["message"]).endswith("end")


def test_libraries_that_talk_a_lot_are_quiet_below_warning(written: io.StringIO) -> None:
    logging.getLogger("amqp.connection").info("frame")
    logging.getLogger("amqp.connection").warning("closed")
    assert [line["message"] for line in lines(written)] == ["closed"]


def test_configuring_again_replaces(written: io.StringIO) -> None:
    again = io.StringIO()
    configure_logs("intake.jobs", "WARNING", again)
    log.info("unheard")
    log.warning("heard")
    assert [line["role"] for line in lines(again)] == ["intake.jobs"]
    assert not written.getvalue()


def test_a_person_at_a_terminal_gets_text() -> None:
    stream = Terminal()
    configure_logs("intake.door", "INFO", stream)
    with log_context(ticket="G1"):
        log.info("hello amqp://u:p@h")
    assert stream.getvalue().endswith(
        "INFO    services.intake.door: hello amqp://u:***@h ticket=G1\n"
    )
