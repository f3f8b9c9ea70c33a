"""What texts that people write may say, and what they cannot do."""

import pytest

from services.notify.clients.sandbox import MAX_RENDERED, check, render, render_html
from services.notify.clients.shipped_texts import shipped
from services.notify.domain.happenings import CUSTOMER
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.texts import LANGUAGES, LIMITS, TEMPLATE_OF, Source, default_key

NAMES = ("number", "customer", "text")


def faults(body: str) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in check(Source(body), NAMES)]


@pytest.mark.parametrize(
    "body",
    [
        "{{ number }}",
        "{% if customer %}{{ customer }}{% else %}…{% endif %}",
        "{{ customer or number }}",
        "{{ text | truncate(20) | upper }}",
        "{{ text | lines }}",
        "{{ 'a' if number == 'G1' else 'b' }}",
    ],
)
def test_variables_conditions_and_filters_may_be_used(body: str) -> None:
    assert faults(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "{{ number.__class__ }}",
        "{{ number['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ number|attr('__class__') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ lipsum() }}",
        "{{ range(10) }}",
        "{{ number.format(text) }}",
        "{{ '%s' % number }}",
        "{{ number|map('upper')|list }}",
        "{{ number|format(text) }}",
    ],
)
def test_nothing_else_can_be_reached(body: str) -> None:
    assert faults(body) != []
    with pytest.raises(ValueError):  # noqa: PT011 - of either kind: refused, or without a variable
        render(body, {"number": "G1", "text": "x"})


@pytest.mark.parametrize(
    "body",
    [
        "{% for x in text %}{{ x }}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 99999999 }}",
        "{% set number = text %}",
        "{% macro f() %}{{ f() }}{% endmacro %}",
        "{% include 'zh/receipt.txt' %}",
        "{% extends 'layout.html' %}",
        "{% import 'x' as y %}",
        "{{ text|center(999999999) }}",
        "{{ text|replace('', text) }}",
    ],
)
def test_nothing_runs_for_long_or_reads_other_files(body: str) -> None:
    assert faults(body) != []


def test_faults_name_their_line() -> None:
    assert faults("一\n{{ secret }}\n{% for x in text %}{% endfor %}") == [
        (2, "unknown variable secret"),
        (3, "for is not allowed here"),
    ]
    assert faults("一\n二 {{ number ")[0][0] == 2


def test_a_text_has_a_limit_and_so_has_what_becomes_of_it() -> None:
    assert faults("x" * (LIMITS["body"] + 1)) == [(1, "must have at most 20000 characters")]
    with pytest.raises(ValueError, match="too long"):
        render("{{ text }}" * 20, {"text": "x" * (MAX_RENDERED // 10)})


def test_a_text_that_is_nested_without_end_is_refused_and_not_followed() -> None:
    deep = "{% if number %}" * 50 + "{% endif %}" * 50
    assert (1, "is nested too deeply") in faults(deep)
    assert faults("{{ " + "(" * 5_000 + "number" + ")" * 5_000 + " }}") != []


def test_a_variable_that_is_missing_is_an_error_and_no_gap() -> None:
    with pytest.raises(ValueError, match="number"):
        render("{{ number }}", {})


def test_what_people_wrote_is_escaped_in_html_alone() -> None:
    values = {"text": "<b>{{ number }}</b>"}
    assert render("{{ text }}", values) == "<b>{{ number }}</b>"
    assert render_html("<p>{{ text }}</p>", values) == "<p>&lt;b&gt;{{ number }}&lt;/b&gt;</p>"


def test_a_providers_variables_are_checked_too() -> None:
    (fault,) = check(Source("{{ number }}", provider_params=("number", "phone")), NAMES)
    assert (fault.field, fault.message) == ("provider_params", "unknown variable phone")


@pytest.mark.parametrize("occasion", OCCASIONS.values(), ids=lambda one: one.key)
def test_every_shipped_text_would_be_accepted_and_exists_in_both_languages(occasion) -> None:  # type: ignore[no-untyped-def]
    for audience in occasion.audiences:
        kinds = ("mail", "sms") if audience == CUSTOMER else set(TEMPLATE_OF.values())
        for kind in kinds:
            found = [shipped(occasion.key, audience, kind, one) for one in LANGUAGES]
            assert all(found)
            assert [check(one, occasion.names) for one in found if one] == [[], []]


def test_no_two_occasions_share_the_key_of_their_texts() -> None:
    keys = [default_key(one, whom) for one in OCCASIONS.values() for whom in one.audiences]
    assert len(set(keys)) == len(keys)
