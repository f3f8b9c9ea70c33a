"""What holds for every page, however a test came to it."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.e2e.axe import grave_findings
from tests.e2e.browsing import DESK, PHONE, demand_no_sideways_scroll


def is_sound(page: Page, shoot: Callable[[Page, str], None], name: str) -> None:
    """Nothing grave by axe, wide and narrow, and nothing wider than a phone; with pictures."""
    assert grave_findings(page) == []
    shoot(page, f"{name}-wide")
    page.set_viewport_size(PHONE)
    shoot(page, f"{name}-narrow")
    demand_no_sideways_scroll(page)
    assert grave_findings(page) == []
    page.set_viewport_size(DESK)
