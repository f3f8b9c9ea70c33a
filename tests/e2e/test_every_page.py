"""Every address of the console, as everybody who may open it sees it: whole, narrow and named.

The addresses come from the router that runs in the browser, so that no page is forgotten.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from libs.common.testing.processes import Processes
from tests.demo import story
from tests.e2e.browsing import PATIENCE, address_of, built_console, by, sign_in, window
from tests.e2e.browsing import field as input_of
from tests.e2e.furnished import CUSTOMER, one_of_each
from tests.e2e.system import code_sent_to, desk_of, outside_of, start_everything
from tests.e2e.watching import Watch, go, look, routes_of, speak

pytestmark = pytest.mark.timeout(600)

STAFF = {
    "administrator": "AD001",
    "supervisor": "CS900",
    "agent": "CS001",
    "employee": "EM001",
    "auditor": "AU001",
}
LANGUAGES = ("zh-CN", "en")

# Not for whoever is signed in as usual: one leads elsewhere, the other is for newcomers alone.
APART = {"home", "first-steps"}
# What pages show besides, by their addresses' queries.
VIEWS = (
    *(f"/settings/agents?tab={tab}" for tab in ("skills", "shifts", "settings")),
    *(f"/settings/organisation?tab={tab}" for tab in ("regions", "groups", "brands")),
    "/collaborations?side=by_me&state=all",
    *("/reports?display=bar", "/tickets?view=all", "/tickets?view=follow_up"),
    *(f"/tickets?view={view}" for view in ("bin", "cc", "supervised")),
)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    built_console()
    start_everything(processes, split="nothing", dispatches=True)
    return processes.env


@pytest.fixture(scope="module")
def objects(system: dict[str, str]) -> dict[str, dict[str, str]]:
    return one_of_each(system)


@pytest.fixture
def watch(browser: Browser, system: dict[str, str]) -> Iterator[Watch]:
    with window(browser, address_of(system)) as page:
        yield Watch(page)


def permissions_of(system: dict[str, str], login: str) -> frozenset[str]:
    return frozenset(desk_of(system, login).ask("GET", "/session")["permissions"])


def test_every_address_is_opened_by_somebody(
    watch: Watch, system: dict[str, str], objects: dict[str, dict[str, str]]
) -> None:
    watch.page.goto("/login")
    watch.settle()
    everybody = [permissions_of(system, login) for login in STAFF.values()]
    routes = routes_of(watch.page)
    assert [one.name for one in routes if not any(map(one.is_for, everybody))] == []
    unknown = [one.name for one in routes if ":" in one.path and one.name not in objects]
    assert unknown == [], "tell in `one_of_each` what stands for their parameters"


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Addresses that somebody has looked at."""
    return set()


@pytest.mark.parametrize("who", STAFF)
def test_every_page_of_a_member_of_staff_is_sound(
    watch: Watch,
    system: dict[str, str],
    objects: dict[str, dict[str, str]],
    who: str,
    seen: set[str],
    is_long: bool,
) -> None:
    """The short form looks at each address once, at every other one in English."""
    page, permissions = watch.page, permissions_of(system, STAFF[who])
    sign_in(page, system, STAFF[who])
    wanted: dict[str, dict[str, Any]] = {
        route.path: {"name": route.name, "params": objects.get(route.name, {})}
        for route in routes_of(page)
        if not route.is_public and route.name not in APART and route.is_for(permissions)
    }
    if who == "supervisor":
        wanted |= {view: {"path": view} for view in VIEWS}
    if not is_long:
        wanted = {path: to for path, to in wanted.items() if path not in seen}
    seen.update(wanted)
    found: list[str] = []
    for turn, language in enumerate(LANGUAGES):
        speak(page, language)
        watch.settle()
        for path, to in [*wanted.items()] if is_long else [*wanted.items()][turn::2]:
            go(page, to)
            watch.settle()
            found += look(watch, f"{language} {path}", is_long=is_long)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_that_are_for_everybody_are_sound(
    watch: Watch, objects: dict[str, dict[str, str]], language: str
) -> None:
    page = watch.page
    page.goto("/login")
    speak(page, language)
    watch.settle()
    found = look(watch, "/login")
    for route in routes_of(page):
        if route.is_public and route.name not in {"login", "portal"}:
            go(page, {"name": route.name, "params": objects.get(route.name, {})})
            watch.settle()
            found += look(watch, f"{language} {route.path}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_newcomer_are_sound(
    watch: Watch, system: dict[str, str], language: str
) -> None:
    page = watch.page
    person = {"login": f"NEW-{language[:2]}", "name": "新来的同事", "role": "agent"}
    made = desk_of(system, "AD001").ask("POST", "/accounts", person)
    page.goto("/login")
    speak(page, language)
    watch.settle()
    input_of(page, "login-name").fill(person["login"])
    input_of(page, "login-password").fill(made["initial_password"])
    by(page, "login-submit").click()
    expect(page).to_have_url(re.compile("/first-steps"), timeout=PATIENCE)
    watch.settle()
    assert look(watch, "/first-steps") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_portal_of_a_customer_is_sound(
    watch: Watch, system: dict[str, str], language: str
) -> None:
    page, outside, sender = watch.page, outside_of(system), f"{language}-{CUSTOMER}"
    number = story.ask_for_repair(outside, sender, lambda _: None)
    page.goto("/portal")
    speak(page, language)
    watch.settle()
    found = look(watch, "/portal")
    input_of(page, "portal-contact").fill(sender)
    by(page, "portal-send").click()
    input_of(page, "portal-code").fill(code_sent_to(outside, sender))
    by(page, "portal-enter").click()
    expect(by(page, f"request-{number}")).to_be_visible(timeout=PATIENCE)
    watch.settle()
    found += look(watch, "/portal, signed in")
    by(page, f"request-{number}").click()
    expect(by(page, "request-text")).to_be_visible(timeout=PATIENCE)
    watch.settle()
    found += look(watch, "/portal, a request")
    assert not found, "\n".join(found)
