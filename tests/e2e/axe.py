"""What axe-core finds wrong with a page for those who do not see or point as others do."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from libs.common.supervisor.processes import ROOT

_SOURCE = ROOT / "gateway" / "console" / "node_modules" / "axe-core" / "axe.min.js"
# What is still fading in, or being asked for anew, has no colours to judge.
_RUN = """async () => {
    while (document.querySelector('[aria-busy="true"]'))
        await new Promise(go => setTimeout(go, 50))
    const passing = document.getAnimations().filter(
        one => one.effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(passing.map(one => one.finished))
    return axe.run(document, { resultTypes: ['violations'] })
}"""
_GRAVE = ("serious", "critical")


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def grave_findings(page: Page) -> list[str]:
    """Each serious or critical finding with the elements it is about; [] is what should be.

    Runs beside the page's own scripts, so that its content policy does not hinder it.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    found: dict[str, Any] = page.evaluate(_RUN)
    return [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
    ]


def findings_at_rest(page: Page) -> list[str]:
    """The same of the page at rest: nothing under the pointer, nothing on its way in."""
    page.emulate_media(reduced_motion="reduce")
    page.mouse.move(0, 0)
    return grave_findings(page)
